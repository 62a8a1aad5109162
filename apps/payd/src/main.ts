import { runApp } from "@p4/app";
import { startPaydApp } from "./start-payd-app.ts";

await runApp("payd", startPaydApp);
