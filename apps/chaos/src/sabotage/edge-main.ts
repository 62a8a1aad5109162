import { startEdge } from "@p4/edge";
import { runApp } from "@p4/app";
import { isSabotage, sabotages, unbounded } from "./sabotage.ts";

/** The edge as it is, but for what CHAOS_SABOTAGE names. */
const name = process.env["CHAOS_SABOTAGE"] ?? "";
const broken = name === "no-byte-budget" ? { limits: unbounded } : isSabotage(name) ? { wrap: sabotages[name] } : null;
if (broken === null) throw new Error(`CHAOS_SABOTAGE: one of ${Object.keys(sabotages).join(", ")}, not "${name}"`);
await runApp("edge", (options) => startEdge({ ...options, ...broken }));
