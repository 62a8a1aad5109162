import { classOf } from "../class-option.ts";
import { whole, within } from "../number-option.ts";
import { runCommand, type ScenarioReport } from "../scenario-command.ts";
import { regionCampaignText } from "./region-campaign-text.ts";
import { isRegionSabotage, regionSabotages, type RegionSabotage } from "./region-sabotage.ts";
import { regionVerdict } from "./region-verdict.ts";
import { runRegionCampaign, type RegionCampaignOptions } from "./run-region-campaign.ts";

const sabotageNames = Object.keys(regionSabotages);
const usage = `npm run chaos -- regions [--minutes 4] [--seed 1] [--rate 8] [--class async] [--json] [--dir path]
                          [--sabotage ${sabotageNames.join("|")}]

Three sites as processes of this machine, 40 ms from each other: one nats-server with its guard, one edge and one expiry worker each. Payments
begin at the rate all the time. What follows from the seed: sites are killed, cut off and back, the home is moved, taken over and
taken back by p4 region, by two operators at once, and by commands that are killed in the middle; beside that single links are
cut, slow, or pass one way only. Then the log of the last home is compared with its copies, with what the wallets saw, and with
what p4 region return has written down. It takes the given minutes and up to three more.

Exit code 0: no promise was broken; 1: one was; 2: wrong arguments; 3: not decided, because too little could be carried out.
With --sabotage a site or an operator is broken on purpose: the exit code is 1 when the checker has found it.`;

const undecidedExitCode = 3;

/** Resolves with the exit code. */
export const regionCampaignMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: {
        minutes: { type: "string", default: "4" },
        seed: { type: "string", default: "1" },
        rate: { type: "string", default: "8" },
        class: { type: "string", default: "async" },
        sabotage: { type: "string" },
      },
      read: ({ minutes, seed, rate, class: promised, sabotage }) => ({
        minutes: within("minutes", minutes, 0.5, 1_440),
        seed: whole("seed", seed, 0, 2 ** 31),
        rate: whole("rate", rate, 1, 200),
        class: classOf(promised),
        sabotage: sabotageOf(sabotage),
      }),
      run,
    },
    args,
  );

async function run(
  options: RegionCampaignOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<ScenarioReport> {
  const report = await runRegionCampaign(options, dir, onProgress);
  const verdict = regionVerdict(report);
  const exitCode = verdict.outcome === "undecided" ? undecidedExitCode : 1;
  const text = regionCampaignText(report, verdict);
  return { report: { ...report, verdict }, text, isAsExpected: verdict.outcome === "kept", exitCode };
}

function sabotageOf(name: string | undefined): RegionSabotage | null {
  if (name === undefined) return null;
  if (isRegionSabotage(name)) return name;
  throw new Error(`--sabotage: one of ${sabotageNames.join(", ")}, not ${name}`);
}
