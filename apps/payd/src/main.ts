import { runApp } from "@p4/app";
import { invoiceStream, startPaydApp } from "./start-payd-app.ts";

await runApp("payd", startPaydApp, { homeStream: invoiceStream });
