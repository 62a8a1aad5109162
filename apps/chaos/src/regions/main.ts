import { parseArgs } from "node:util";
import { whole, within } from "../number-option.ts";
import { runScenario } from "../scenario.ts";
import { isRegionsClean, regionsText } from "./regions-report.ts";
import { runRegions, type RegionsOptions } from "./run-regions.ts";

const regionsUsage = `npm run regions [-- --rate 50] [--seconds 20] [--delay 20] [--class async] [--json] [--dir path]

Two sites as processes of this machine, a nats-server and an edge each, with a link between them that takes --delay
milliseconds each way. Payments begin at the rate; first the region's home is moved (p4 region switch), then the site
that it has moved to is killed (SIGKILL) and the other one takes over (failover, return). Exit code 0: the move lost
nothing, nothing was stored twice, and the killed site took only events with it that return names, with --class sync
none that was acknowledged or delivered; 1: not so; 2: wrong arguments.`;

/** Resolves with the exit code. */
export async function regionsMain(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${regionsUsage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${regionsUsage}\n`);
    return 0;
  }
  const { json, dir: keepIn, ...settings } = options;
  return runScenario(keepIn, async (dir, onProgress) => {
    const report = await runRegions(settings, dir, onProgress);
    const text = json ? JSON.stringify(report, null, 2) : regionsText(report);
    return { text, isAsExpected: isRegionsClean(report) };
  });
}

/** @throws Error that names the option and the rule. */
function readOptions(
  args: readonly string[],
): (RegionsOptions & { readonly json: boolean; readonly dir: string | null }) | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: "string", default: "50" },
      seconds: { type: "string", default: "20" },
      delay: { type: "string", default: "20" },
      class: { type: "string", default: "async" },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (values.class !== "async" && values.class !== "sync") throw new Error("--class: async or sync");
  return {
    class: values.class,
    rate: whole("rate", values.rate, 1, 500),
    seconds: within("seconds", values.seconds, 3, 600),
    delayMs: whole("delay", values.delay, 0, 1_000),
    json: values.json,
    dir: values.dir ?? null,
  };
}
