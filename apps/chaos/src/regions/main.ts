import { classOf } from "../class-option.ts";
import { whole, within } from "../number-option.ts";
import { runCommand } from "../scenario-command.ts";
import { isRegionsClean, regionsText } from "./regions-report.ts";
import { runRegions, type RegionsOptions } from "./run-regions.ts";

const usage = `npm run regions [-- --rate 50] [--seconds 20] [--delay 20] [--class async] [--json] [--dir path]

Two sites as processes of this machine, a nats-server and an edge each, with a link between them that takes --delay
milliseconds each way. Payments begin at the rate; first the region's home is moved (p4 region switch), then the site
that it has moved to is killed (SIGKILL) and the other one takes over (failover, return). Exit code 0: the move lost
nothing, nothing was stored twice, and the killed site took only events with it that return names, with --class sync
none that was acknowledged or delivered; 1: not so; 2: wrong arguments.`;

/** Resolves with the exit code. */
export const regionsMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: {
        rate: { type: "string", default: "50" },
        seconds: { type: "string", default: "20" },
        delay: { type: "string", default: "20" },
        class: { type: "string", default: "async" },
      },
      read: ({ rate, seconds, delay, class: promised }): RegionsOptions => ({
        rate: whole("rate", rate, 1, 500),
        seconds: within("seconds", seconds, 3, 600),
        delayMs: whole("delay", delay, 0, 1_000),
        class: classOf(promised),
      }),
      async run(options, dir, onProgress) {
        const report = await runRegions(options, dir, onProgress);
        return { report, text: regionsText(report), isAsExpected: isRegionsClean(report) };
      },
    },
    args,
  );
