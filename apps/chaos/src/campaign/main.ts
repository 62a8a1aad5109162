import { campaignSabotages } from "../sabotage/sabotage.ts";
import { runCommand } from "../scenario-command.ts";
import { campaignFlags, readCampaign } from "./campaign-options.ts";
import { reportText } from "./report-text.ts";
import { runCampaign } from "./run-campaign.ts";

const usage = `npm run chaos -- [--minutes 2] [--seed 1] [--rate 8] [--json] [--dir path]
                   [--batches adaptive|always|never] [--sabotage ${campaignSabotages.join("|")}]

Runs payments against three brokers, three edges and the workers, all as processes of this machine, while faults that
follow from the seed hit them; then compares the log with what the wallets saw. Exit code 0: nothing was lost and no
promise was broken; 1: something was; 2: wrong arguments. With --sabotage the edges are broken on purpose, and the
checker has to find it: 0 then means found. --batches always sends every append as an atomic batch, never sends none.

Single faults, each with its own figures (--help after each name):
  npm run chaos -- handover    an edge is told to stop while wallets pay on 1000 open channels
  npm run chaos -- leader      the broker that leads most streams is killed under load
  npm run chaos -- outage      every broker is gone for 30 s while wallets go on paying
  npm run chaos -- power-cut   what a loss of power leaves of acknowledged events
  npm run chaos -- strangers   strangers try everything at once beside honest payments

  npm run chaos -- regions     the same with three sites, whose home is lost, cut off, moved and taken back`;

/** Resolves with the exit code. */
export const campaignMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: campaignFlags,
      read: readCampaign,
      async run(options, dir, onProgress) {
        const report = await runCampaign(options, dir, onProgress);
        const isClean = report.violations.length === 0;
        return { report, text: reportText(report), isAsExpected: options.sabotage === null ? isClean : !isClean };
      },
    },
    args,
  );
