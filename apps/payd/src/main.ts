import { runApp } from "@p4/node";
import { startPaydApp } from "./start-payd-app.ts";

await runApp("payd", startPaydApp);
