import { parseArgs } from "node:util";
import { whole, within } from "../number-option.ts";
import { runScenario } from "../scenario.ts";
import { handoverText, isHandoverClean } from "./handover-report.ts";
import { runHandover, type HandoverOptions } from "./run-handover.ts";

const handoverUsage = `npm run chaos -- handover [--channels 1000] [--seconds 20] [--json] [--dir path]

Two edges on one broker, two wallets on each channel, one payment on each at a steady pace; in the middle of it one edge
gets SIGTERM. Exit code 0: every payment was completed once by both wallets and the log, every wallet that was sent away
(4200) joined the other edge, and the process ended with 0; 1: not so; 2: wrong arguments.`;

/** Resolves with the exit code. */
export async function handoverMain(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${handoverUsage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${handoverUsage}\n`);
    return 0;
  }
  const { json, dir: keepIn } = options;
  return runScenario(keepIn, async (dir, onProgress) => {
    const report = await runHandover(options, dir, onProgress);
    const text = json ? JSON.stringify(report, null, 2) : handoverText(report);
    return { text, isAsExpected: isHandoverClean(report) };
  });
}

/** @throws Error that names the option and the rule. */
function readOptions(
  args: readonly string[],
): (HandoverOptions & { readonly json: boolean; readonly dir: string | null }) | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      channels: { type: "string", default: "1000" },
      seconds: { type: "string", default: "20" },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    channels: whole("channels", values.channels, 1, 5_000),
    seconds: within("seconds", values.seconds, 0.5, 600),
    json: values.json,
    dir: values.dir ?? null,
  };
}
