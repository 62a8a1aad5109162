import { whole, within } from "../number-option.ts";
import { runCommand, type ScenarioReport } from "../scenario-command.ts";
import { brokenStops, runStops, stopsText, type StopsOptions } from "./run-stops.ts";
import { runStrangers, type StrangersOptions } from "./run-strangers.ts";
import { strangersText } from "./strangers-report.ts";
import { isStrangersSabotage, strangersSabotages, type StrangersSabotage } from "./strangers-sabotage.ts";
import { verdictOf } from "./strangers-verdict.ts";

const sabotageNames = Object.keys(strangersSabotages).join("|");
const usage = `npm run chaos -- strangers [--minutes 2] [--seed 1] [--rate 20] [--json] [--dir path]
                            [--sabotage ${sabotageNames}]
npm run chaos -- strangers --sigterm 10 [--seed 1] [--rate 20] [--json] [--dir path]

One broker and one edge of little memory. Honest wallets make --rate whole payments a second, first alone, then beside
strangers who come from many addresses and try everything at once: messages of megabytes, full channels, forged proofs, roles
and verdicts of others, odd words, refused joins, slow requests, streams, floods. It takes the given minutes and up to three
more. Exit code 0: every honest payment was completed, the 99th percentile of honest messages was at most three times that of
the quiet time, the edge kept to its memory, no stranger managed anything, and nothing was left over after them; 1: not so;
2: wrong arguments; 3: not decided, because honest wallets waited too long on a machine that was itself the limit.
With --sabotage the edge is broken on purpose: 0 then means that it was found.
With --sigterm the edge is told to stop so often in the middle of it. Exit code 0: each time it ended within its deadline, with
exit code 0, and nothing that honest wallets were told was lost. Linux: other systems have one address of loopback alone.`;

const undecidedExitCode = 3;

/** Resolves with the exit code. */
export const strangersMain = (args: readonly string[]): Promise<number> =>
  runCommand(
    {
      usage,
      flags: {
        minutes: { type: "string", default: "2" },
        seed: { type: "string", default: "1" },
        rate: { type: "string", default: "20" },
        sigterm: { type: "string", default: "0" },
        sabotage: { type: "string" },
      },
      read: ({ minutes, seed, rate, sigterm, sabotage }) => ({
        minutes: within("minutes", minutes, 0.1, 1_440),
        seed: whole("seed", seed, 0, 2 ** 31),
        rate: whole("rate", rate, 1, 1_000),
        sigterm: whole("sigterm", sigterm, 0, 1_000),
        sabotage: sabotageOf(sabotage),
      }),
      run: ({ sigterm, ...plan }, dir, onProgress) =>
        sigterm > 0
          ? stops({ sigterm, seed: plan.seed, rate: plan.rate }, dir, onProgress)
          : strangers(plan, dir, onProgress),
    },
    args,
  );

async function stops(options: StopsOptions, dir: string, onProgress: (text: string) => void): Promise<ScenarioReport> {
  const report = await runStops(options, dir, onProgress);
  return { report, text: stopsText(report), isAsExpected: brokenStops(report).length === 0 };
}

async function strangers(
  options: StrangersOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<ScenarioReport> {
  const report = await runStrangers(options, dir, onProgress);
  const verdict = verdictOf(report);
  const given = { report: { ...report, verdict }, text: strangersText(report, verdict) };
  if (options.sabotage !== null) return { ...given, isAsExpected: verdict.outcome === "broken" };
  const exitCode = verdict.outcome === "undecided" ? undecidedExitCode : 1;
  return { ...given, isAsExpected: verdict.outcome === "kept", exitCode };
}

function sabotageOf(name: string | undefined): StrangersSabotage | null {
  if (name === undefined) return null;
  if (isStrangersSabotage(name)) return name;
  throw new Error(`--sabotage: one of ${Object.keys(strangersSabotages).join(", ")}, not ${name}`);
}
