import { parseArgs } from "node:util";
import { whole, within } from "../number-option.ts";
import { isSabotage, type Sabotage } from "../sabotage/sabotage.ts";
import { runScenario } from "../scenario.ts";
import { brokenPromises, outageText } from "./outage-report.ts";
import { runOutage, type OutageOptions } from "./run-outage.ts";

const outageUsage = `npm run chaos -- outage [--seconds 30] [--cut] [--brokers 1|3] [--channels 200] [--json] [--dir path]
                          [--sabotage deaf-edge|no-comparison]

Two edges with open channels lose every broker at once, by kill -9 or (--cut) by a cut of all their connections, and get
them back after --seconds, while their wallets go on paying. A third edge that keeps its way to the brokers stores
messages that the two cannot hear of. Exit code 0: no joined socket was closed, each edge said that it is not ready and
was ready again by itself in the same process, newcomers and messages were refused with a retryable error, every payment
was completed once, what was stored elsewhere was told before anything later, and the checker found nothing; 1: not so;
2: wrong arguments. With --sabotage the edges are broken on purpose: 0 then means that it was found.`;

/** Resolves with the exit code. */
export async function outageMain(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${outageUsage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${outageUsage}\n`);
    return 0;
  }
  const { json, dir: keepIn, ...plan } = options;
  return runScenario(keepIn, async (dir, onProgress) => {
    const report = await runOutage(plan, dir, onProgress);
    const text = json ? JSON.stringify(report, null, 2) : outageText(report);
    const isClean = brokenPromises(report).length === 0;
    return { text, isAsExpected: plan.sabotage === null ? isClean : !isClean };
  });
}

/** @throws Error that names the option and the rule. */
function readOptions(
  args: readonly string[],
): (OutageOptions & { readonly json: boolean; readonly dir: string | null }) | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "30" },
      cut: { type: "boolean", default: false },
      brokers: { type: "string", default: "3" },
      channels: { type: "string", default: "200" },
      sabotage: { type: "string" },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (values.brokers !== "1" && values.brokers !== "3") throw new Error(`--brokers: 1 or 3, not ${values.brokers}`);
  return {
    seconds: within("seconds", values.seconds, 5, 600),
    cut: values.cut,
    brokers: values.brokers === "1" ? 1 : 3,
    channels: whole("channels", values.channels, 1, 2_000),
    sabotage: sabotageOf(values.sabotage),
    json: values.json,
    dir: values.dir ?? null,
  };
}

function sabotageOf(name: string | undefined): Sabotage | null {
  if (name === undefined) return null;
  if (isSabotage(name)) return name;
  throw new Error(`--sabotage: deaf-edge or no-comparison, not ${name}`);
}
