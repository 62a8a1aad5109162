import { parseArgs } from "node:util";
import { whole, within } from "../number-option.ts";
import { campaignSabotages, isSabotage, type Sabotage } from "../sabotage/sabotage.ts";

export interface CampaignOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Flows that begin each second. */
  readonly rate: number;
  readonly json: boolean;
  readonly sabotage: Sabotage | null;
  /** Keep logs, stores and records here; null: a temporary directory, kept only when something was found. */
  readonly dir: string | null;
}

export const usage = `npm run chaos -- [--minutes 2] [--seed 1] [--rate 8] [--json] [--dir path]
                   [--sabotage ${campaignSabotages.join("|")}]

Runs payments against three brokers, three edges and the workers, all as processes of this machine, while faults that
follow from the seed hit them; then compares the log with what the wallets saw. Exit code 0: nothing was lost and no
promise was broken; 1: something was; 2: wrong arguments. With --sabotage the edges are broken on purpose, and the
checker has to find it: 0 then means found.

Single faults, each with its own figures (--help after each name):
  npm run chaos -- handover    an edge is told to stop while wallets pay on 1000 open channels
  npm run chaos -- leader      the broker that leads most streams is killed under load
  npm run chaos -- outage      every broker is gone for 30 s while wallets go on paying
  npm run chaos -- power-cut   what a loss of power leaves of acknowledged events
  npm run chaos -- strangers   strangers try everything at once beside honest payments`;

/** @throws Error that names the option and the rule. */
export function readOptions(args: readonly string[]): CampaignOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "2" },
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "8" },
      sabotage: { type: "string" },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { sabotage } = values;
  if (sabotage !== undefined && !(isSabotage(sabotage) && campaignSabotages.includes(sabotage))) {
    throw new Error(`--sabotage: one of ${campaignSabotages.join(", ")}, not ${sabotage}`);
  }
  return {
    minutes: within("minutes", values.minutes, 0.1, 1_440),
    seed: whole("seed", values.seed, 0, 2 ** 31),
    rate: whole("rate", values.rate, 1, 1_000),
    json: values.json,
    sabotage: sabotage ?? null,
    dir: values.dir ?? null,
  };
}
