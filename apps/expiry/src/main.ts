import { runApp } from "@p4/node";
import { startExpiry } from "./start-expiry.ts";

await runApp("expiry", startExpiry);
