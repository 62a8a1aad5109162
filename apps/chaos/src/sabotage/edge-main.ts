import { startEdge } from "@p4/edge";
import type { GroupCommitMode } from "@p4/nats";
import { runApp } from "@p4/app";
import { isSabotage, sabotages, unbounded } from "./sabotage.ts";

/** The edge as it is, but for what CHAOS_SABOTAGE and CHAOS_BATCHES name. */
const groupCommit = (process.env["CHAOS_BATCHES"] ?? "adaptive") as GroupCommitMode;
const broken = brokenBy(process.env["CHAOS_SABOTAGE"]);
await runApp("edge", (options) => startEdge({ ...options, ...broken, groupCommit }));

function brokenBy(name: string | undefined) {
  if (name === undefined) return {};
  if (name === "no-byte-budget") return { limits: unbounded };
  if (isSabotage(name)) return { wrap: sabotages[name] };
  throw new Error(`CHAOS_SABOTAGE: one of ${Object.keys(sabotages).join(", ")}, not "${name}"`);
}
