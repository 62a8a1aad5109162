import { whole, within } from "../number-option.ts";
import { isSabotage, type Sabotage } from "../sabotage/sabotage.ts";
import { runCommand } from "../scenario-command.ts";
import { brokenPromises, outageText } from "./outage-report.ts";
import { runOutage } from "./run-outage.ts";

const usage = `npm run chaos -- outage [--seconds 30] [--cut] [--brokers 1|3] [--channels 200] [--json] [--dir path]
                          [--sabotage deaf-edge|no-comparison]

Two edges with open channels lose every broker at once, by kill -9 or (--cut) by a cut of all their connections, and get
them back after --seconds, while their wallets go on paying. A third edge that keeps its way to the brokers stores
messages that the two cannot hear of. Exit code 0: no joined socket was closed, each edge said that it is not ready and
was ready again by itself in the same process, newcomers and messages were refused with a retryable error, every payment
was completed once, what was stored elsewhere was told before anything later, and the checker found nothing; 1: not so;
2: wrong arguments. With --sabotage the edges are broken on purpose: 0 then means that it was found.`;

/** Resolves with the exit code. */
export const outageMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: {
        seconds: { type: "string", default: "30" },
        cut: { type: "boolean", default: false },
        brokers: { type: "string", default: "3" },
        channels: { type: "string", default: "200" },
        sabotage: { type: "string" },
      },
      read: ({ seconds, cut, brokers, channels, sabotage }) => ({
        seconds: within("seconds", seconds, 5, 600),
        cut,
        brokers: brokersOf(brokers),
        channels: whole("channels", channels, 1, 2_000),
        sabotage: sabotageOf(sabotage),
      }),
      async run(options, dir, onProgress) {
        const report = await runOutage(options, dir, onProgress);
        const isClean = brokenPromises(report).length === 0;
        return { report, text: outageText(report), isAsExpected: options.sabotage === null ? isClean : !isClean };
      },
    },
    args,
  );

function brokersOf(text: string): 1 | 3 {
  if (text === "1") return 1;
  if (text === "3") return 3;
  throw new Error(`--brokers: 1 or 3, not ${text}`);
}

function sabotageOf(name: string | undefined): Sabotage | null {
  if (name === undefined) return null;
  if (isSabotage(name)) return name;
  throw new Error(`--sabotage: deaf-edge or no-comparison, not ${name}`);
}
