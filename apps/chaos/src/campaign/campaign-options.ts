import { whole, within } from "../number-option.ts";
import type { GroupCommitMode } from "@p4/nats";
import { batchesFlag, readBatches } from "../batches-option.ts";
import { campaignSabotages, isSabotage, type Sabotage } from "../sabotage/sabotage.ts";

export interface CampaignOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Flows that begin each second. */
  readonly rate: number;
  readonly sabotage: Sabotage | null;
  /** How the edges send appends that wait for one stream. */
  readonly batches: GroupCommitMode;
}

export const campaignFlags = {
  minutes: { type: "string", default: "2" },
  seed: { type: "string", default: "1" },
  rate: { type: "string", default: "8" },
  sabotage: { type: "string" },
  ...batchesFlag,
} as const;

interface Given {
  readonly minutes: string;
  readonly seed: string;
  readonly rate: string;
  readonly sabotage?: string | undefined;
  readonly batches: string;
}

/** @throws Error that names the option and the rule. */
export function readCampaign({ minutes, seed, rate, sabotage, batches }: Given): CampaignOptions {
  if (sabotage !== undefined && !(isSabotage(sabotage) && campaignSabotages.includes(sabotage))) {
    throw new Error(`--sabotage: one of ${campaignSabotages.join(", ")}, not ${sabotage}`);
  }
  return {
    minutes: within("minutes", minutes, 0.1, 1_440),
    seed: whole("seed", seed, 0, 2 ** 31),
    rate: whole("rate", rate, 1, 1_000),
    sabotage: sabotage ?? null,
    batches: readBatches(batches),
  };
}
