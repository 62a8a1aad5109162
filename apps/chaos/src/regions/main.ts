import { classOf } from "../class-option.ts";
import { whole, within } from "../number-option.ts";
import { runCommand, type ScenarioReport } from "../scenario-command.ts";
import { awayText, isAwayKept } from "./away-report.ts";
import { areCutsKept, cutsText } from "./cuts-report.ts";
import { isRegionsClean, regionsText } from "./regions-report.ts";
import { runAway, type AwayOptions } from "./run-away.ts";
import { runCuts, type CutsOptions } from "./run-cuts.ts";
import { runRegions, type RegionsOptions } from "./run-regions.ts";

const usage = `npm run regions [-- --scenario moves] [--rate 50] [--seconds 20] [--delay 20] [--class async] [--json] [--dir path]
       npm run regions -- --scenario cuts [--cuts 30,100] [--rate 50] [--delay 20]
       npm run regions -- --scenario away [--payments 20] [--delay 20]

Two sites as processes of this machine, a nats-server with its guard and an edge each, with a link between them that takes --delay
milliseconds each way.

moves  Payments begin at the rate; first the region's home is moved (p4 region switch), then the site that it has moved to is
       killed (SIGKILL) and the other one takes over (failover, return). Exit code 0: the move lost nothing, nothing was
       stored twice, and the killed site took only events with it that return names, with --class sync none that was
       acknowledged or delivered.
cuts   Events are stored at the home at the rate, and the link to its copy is cut for so many seconds, one cut after the
       other. Exit code 0: the copy went on within 3 s of each heal, and got all that it lacked.
away   Customers pay near the home, and far from it: redirected to the home's edge, and served by an edge there whose
       broker is the home's. Exit code 0: a redirected one joined with one round trip more, and paid with 2.5 more at most.

1: not so; 2: wrong arguments.`;

type GivenOptions =
  | { readonly scenario: "moves"; readonly options: RegionsOptions }
  | { readonly scenario: "cuts"; readonly options: CutsOptions }
  | { readonly scenario: "away"; readonly options: AwayOptions };

/** Resolves with the exit code. */
export const regionsMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: {
        scenario: { type: "string", default: "moves" },
        rate: { type: "string", default: "50" },
        seconds: { type: "string", default: "20" },
        delay: { type: "string", default: "20" },
        class: { type: "string", default: "async" },
        cuts: { type: "string", default: "30,100" },
        payments: { type: "string", default: "20" },
      },
      read({ scenario, rate, seconds, delay, cuts, payments, class: promised }): GivenOptions {
        const perSecond = whole("rate", rate, 1, 500);
        if (scenario === "moves") {
          const delayMs = whole("delay", delay, 0, 1_000);
          const options = { rate: perSecond, seconds: within("seconds", seconds, 3, 600), delayMs };
          return { scenario, options: { ...options, class: classOf(promised) } };
        }
        if (scenario === "cuts") {
          const cutsMs = cuts.split(",").map((text) => within("cuts", text, 1, 600) * 1_000);
          return { scenario, options: { cutsMs, rate: perSecond, delayMs: whole("delay", delay, 0, 1_000) } };
        }
        if (scenario !== "away") throw new Error(`--scenario: moves, cuts or away, not ${scenario}`);
        // Distances are told in round trips.
        const delayMs = whole("delay", delay, 1, 1_000);
        return { scenario, options: { delayMs, payments: whole("payments", payments, 1, 1_000) } };
      },
      run,
    },
    args,
  );

async function run(
  { scenario, options }: GivenOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<ScenarioReport> {
  switch (scenario) {
    case "moves": {
      const report = await runRegions(options, dir, onProgress);
      return { report, text: regionsText(report), isAsExpected: isRegionsClean(report) };
    }
    case "cuts": {
      const report = await runCuts(options, dir, onProgress);
      return { report, text: cutsText(report), isAsExpected: areCutsKept(report) };
    }
    case "away": {
      const report = await runAway(options, dir, onProgress);
      return { report, text: awayText(report), isAsExpected: isAwayKept(report) };
    }
  }
}
