import { fileURLToPath } from "node:url";
import type { GroupCommitMode } from "@p4/nats";
import type { Sabotage } from "./sabotage.ts";

/** Those that any campaign meets. Without the comparison only a missed event of a quiet channel shows. */
export const campaignSabotages = [
  "no-occ",
  "deliver-before-store",
  "early-acknowledgement",
  "deaf-edge",
] as const satisfies readonly Sabotage[];

/** The edge's main module and what it is told, for a system; both are the app's own where nothing is named. */
export function sabotagedEdge(sabotage: Sabotage | "no-byte-budget" | null, batches: GroupCommitMode = "adaptive") {
  if (sabotage === null && batches === "adaptive") return { edgeModule: {}, settings: {} };
  return {
    edgeModule: { edgeModule: fileURLToPath(new URL("./edge-main.js", import.meta.url)) },
    settings: { CHAOS_BATCHES: batches, ...(sabotage === null ? {} : { CHAOS_SABOTAGE: sabotage }) },
  };
}
