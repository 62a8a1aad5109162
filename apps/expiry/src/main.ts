import { runApp } from "@p4/app";
import { startExpiry } from "./start-expiry.ts";

await runApp("expiry", startExpiry);
