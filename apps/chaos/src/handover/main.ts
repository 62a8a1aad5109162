import { whole, within } from "../number-option.ts";
import { runCommand } from "../scenario-command.ts";
import { handoverText, isHandoverClean } from "./handover-report.ts";
import { runHandover } from "./run-handover.ts";

const usage = `npm run chaos -- handover [--channels 1000] [--seconds 20] [--json] [--dir path]

Two edges on one broker, two wallets on each channel, one payment on each at a steady pace; in the middle of it one edge
gets SIGTERM. Exit code 0: every payment was completed once by both wallets and the log, every wallet that was sent away
(4200) joined the other edge, and the process ended with 0; 1: not so; 2: wrong arguments.`;

/** Resolves with the exit code. */
export const handoverMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: { channels: { type: "string", default: "1000" }, seconds: { type: "string", default: "20" } },
      read: ({ channels, seconds }) => ({
        channels: whole("channels", channels, 1, 5_000),
        seconds: within("seconds", seconds, 0.5, 600),
      }),
      async run(options, dir, onProgress) {
        const report = await runHandover(options, dir, onProgress);
        return { report, text: handoverText(report), isAsExpected: isHandoverClean(report) };
      },
    },
    args,
  );
