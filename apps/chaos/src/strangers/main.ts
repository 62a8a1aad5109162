import { parseArgs } from "node:util";
import { whole, within } from "../number-option.ts";
import { runScenario } from "../scenario.ts";
import { brokenStops, runStops, stopsText } from "./run-stops.ts";
import { runStrangers, type StrangersOptions } from "./run-strangers.ts";
import { strangersText } from "./strangers-report.ts";
import { isStrangersSabotage, strangersSabotages, type StrangersSabotage } from "./strangers-sabotage.ts";
import { verdictOf } from "./strangers-verdict.ts";

const sabotageNames = Object.keys(strangersSabotages).join("|");
const strangersUsage = `npm run chaos -- strangers [--minutes 2] [--seed 1] [--rate 20] [--json] [--dir path]
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
export async function strangersMain(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${strangersUsage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${strangersUsage}\n`);
    return 0;
  }
  const { json, dir: keepIn, sigterm, ...plan } = options;
  if (sigterm > 0) {
    return runScenario(keepIn, async (dir, onProgress) => {
      const report = await runStops({ sigterm, seed: plan.seed, rate: plan.rate }, dir, onProgress);
      const text = json ? JSON.stringify(report, null, 2) : stopsText(report);
      return { text, isAsExpected: brokenStops(report).length === 0 };
    });
  }
  let isUndecided = false;
  const exitCode = await runScenario(keepIn, async (dir, onProgress) => {
    const report = await runStrangers(plan, dir, onProgress);
    const verdict = verdictOf(report);
    const text = json ? JSON.stringify({ ...report, verdict }, null, 2) : strangersText(report, verdict);
    const isFound = plan.sabotage !== null && verdict.outcome === "broken";
    isUndecided = plan.sabotage === null && verdict.outcome === "undecided";
    return { text, isAsExpected: isFound || (plan.sabotage === null && verdict.outcome === "kept") };
  });
  return isUndecided ? undecidedExitCode : exitCode;
}

/** @throws Error that names the option and the rule. */
function readOptions(
  args: readonly string[],
): (StrangersOptions & { readonly sigterm: number; readonly json: boolean; readonly dir: string | null }) | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "2" },
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "20" },
      sigterm: { type: "string", default: "0" },
      sabotage: { type: "string" },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    minutes: within("minutes", values.minutes, 0.1, 1_440),
    seed: whole("seed", values.seed, 0, 2 ** 31),
    rate: whole("rate", values.rate, 1, 1_000),
    sigterm: whole("sigterm", values.sigterm, 0, 1_000),
    sabotage: sabotageOf(values.sabotage),
    json: values.json,
    dir: values.dir ?? null,
  };
}

function sabotageOf(name: string | undefined): StrangersSabotage | null {
  if (name === undefined) return null;
  if (isStrangersSabotage(name)) return name;
  throw new Error(`--sabotage: one of ${Object.keys(strangersSabotages).join(", ")}, not ${name}`);
}
