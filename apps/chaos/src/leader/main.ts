import { whole, within } from "../number-option.ts";
import { runCommand } from "../scenario-command.ts";
import { isLeaderClean, leaderText } from "./leader-report.ts";
import { runLeader } from "./run-leader.ts";

const usage = `npm run chaos -- leader [--rate 200] [--seconds 40] [--open-first] [--json] [--dir path]

Three brokers, three replicas, two edges; --rate payments begin each second, each on a channel of its own, which its two
wallets open and join then; with --open-first all have joined before the first payment begins. The broker
that leads most streams is killed (SIGKILL) after a third of the time and started again after two. Exit code 0: every
payment was completed once by both wallets and the log; 1: not so; 2: wrong arguments. The report says which rate was
really reached.`;

/** Resolves with the exit code. */
export const leaderMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: {
        rate: { type: "string", default: "200" },
        seconds: { type: "string", default: "40" },
        "open-first": { type: "boolean", default: false },
      },
      read: ({ rate, seconds, "open-first": openFirst }) => ({
        rate: whole("rate", rate, 1, 1_000),
        seconds: within("seconds", seconds, 3, 600),
        openFirst,
      }),
      async run(options, dir, onProgress) {
        const report = await runLeader(options, dir, onProgress);
        return { report, text: leaderText(report), isAsExpected: isLeaderClean(report) };
      },
    },
    args,
  );
