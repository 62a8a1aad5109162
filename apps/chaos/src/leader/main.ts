import { parseArgs } from "node:util";
import { whole, within } from "../number-option.ts";
import { runScenario } from "../scenario.ts";
import { leaderText, isLeaderClean } from "./leader-report.ts";
import { runLeader, type LeaderOptions } from "./run-leader.ts";

const leaderUsage = `npm run chaos -- leader [--rate 200] [--seconds 40] [--open-first] [--json] [--dir path]

Three brokers, three replicas, two edges; --rate payments begin each second, each on a channel of its own, which its two
wallets open and join then; with --open-first all have joined before the first payment begins. The broker
that leads most streams is killed (SIGKILL) after a third of the time and started again after two. Exit code 0: every
payment was completed once by both wallets and the log; 1: not so; 2: wrong arguments. The report says which rate was
really reached.`;

/** Resolves with the exit code. */
export async function leaderMain(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${leaderUsage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${leaderUsage}\n`);
    return 0;
  }
  const { json, dir: keepIn } = options;
  return runScenario(keepIn, async (dir, onProgress) => {
    const report = await runLeader(options, dir, onProgress);
    const text = json ? JSON.stringify(report, null, 2) : leaderText(report);
    return { text, isAsExpected: isLeaderClean(report) };
  });
}

/** @throws Error that names the option and the rule. */
function readOptions(
  args: readonly string[],
): (LeaderOptions & { readonly json: boolean; readonly dir: string | null }) | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: "string", default: "200" },
      seconds: { type: "string", default: "40" },
      "open-first": { type: "boolean", default: false },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    rate: whole("rate", values.rate, 1, 1_000),
    seconds: within("seconds", values.seconds, 3, 600),
    openFirst: values["open-first"],
    json: values.json,
    dir: values.dir ?? null,
  };
}
