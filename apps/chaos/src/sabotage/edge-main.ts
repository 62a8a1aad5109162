import { startEdge } from "@p4/edge";
import { runApp } from "@p4/app";
import { isSabotage, sabotages } from "./sabotage.ts";

/** The edge as it is, but for what CHAOS_SABOTAGE names. */
const name = process.env["CHAOS_SABOTAGE"] ?? "";
if (!isSabotage(name)) throw new Error(`CHAOS_SABOTAGE: one of ${Object.keys(sabotages).join(", ")}, not "${name}"`);
await runApp("edge", (options) => startEdge({ ...options, wrap: sabotages[name] }));
