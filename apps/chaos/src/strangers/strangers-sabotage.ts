import { fileURLToPath } from "node:url";

export interface SabotagedEdge {
  readonly edgeModule?: string;
  readonly settings: Readonly<Record<string, string>>;
}

const edgeModule = fileURLToPath(new URL("../sabotage/edge-main.js", import.meta.url));

/** Edges that are broken on purpose: the campaign has to find each of them out, or its silence means nothing. */
export const strangersSabotages = {
  /** Nothing bounds what strangers may make it hold. */
  "no-byte-budget": {
    edgeModule,
    settings: { P4_MAX_HELD_BYTES: "1099511627776", CHAOS_SABOTAGE: "no-byte-budget" },
  },
  "leaked-subscription": { edgeModule, settings: { CHAOS_SABOTAGE: "leaked-subscription" } },
  "late-answers": { edgeModule, settings: { CHAOS_SABOTAGE: "late-answers" } },
} as const satisfies Record<string, SabotagedEdge>;

export type StrangersSabotage = keyof typeof strangersSabotages;

export function isStrangersSabotage(name: string): name is StrangersSabotage {
  return Object.hasOwn(strangersSabotages, name);
}
