import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { measureBound, type BoundOptions } from "./broker-bound.ts";
import { measureReplay } from "./cold-replay.ts";
import { measureScenario } from "./measure.ts";
import { buildOther, workspaceRoot } from "./other-build.ts";
import { scenarios } from "./scenarios.ts";
import { startRelay, startSystem, type Subject } from "./subjects.ts";
import { tableText, type ScenarioResult, type TableResult } from "./table-report.ts";

const names = [...scenarios.map(({ name }) => name), "broker", "replay"];

const usage = `npm run bench -- table [--only ${names.slice(0, 2).join(",")}] [--against <git ref>] [--rounds 3] [--json]

Loads one after the other, each on this build, on a relay in memory and, with --against, on another commit of this repository, in
turns. "broker" is what a bare client gets out of the same broker, "replay" the fold of recorded channels beside JSON.parse.
Rows: ${names.join(", ")}.`;

const forMs = 1_500;
/** The single appends of as many conversations, and where atomic batches begin to pay. */
const bounds: readonly BoundOptions[] = [
  { streams: 8, inFlight: 1, batch: 1, forMs },
  { streams: 8, inFlight: 32, batch: 1, forMs },
  { streams: 8, inFlight: 256, batch: 1, forMs },
  { streams: 8, inFlight: 256, batch: 32, forMs },
  { streams: 8, inFlight: 512, batch: 1, forMs },
  { streams: 8, inFlight: 512, batch: 64, forMs },
  { streams: 2, inFlight: 512, batch: 1, forMs },
  { streams: 2, inFlight: 512, batch: 256, forMs },
];

/** Returns the exit code. */
export async function tableCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: names.join(",") },
      against: { type: "string" },
      rounds: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const only = values.only.split(",");
  const rounds = Number(values.rounds);
  const unknown = only.find((name) => !names.includes(name));
  if (values.help || unknown !== undefined || !(Number.isSafeInteger(rounds) && rounds > 0)) {
    if (unknown !== undefined) process.stderr.write(`no row ${unknown}\n`);
    process.stdout.write(`${usage}\n`);
    return values.help ? 0 : 2;
  }
  const result = await runTable({ only, rounds, against: values.against ?? null });
  process.stdout.write(`${values.json ? JSON.stringify(result, null, 2) : tableText(result)}\n`);
  return 0;
}

interface TableOptions {
  readonly only: readonly string[];
  readonly rounds: number;
  readonly against: string | null;
}

async function runTable({ only, rounds, against }: TableOptions): Promise<TableResult> {
  const onProgress = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const [loadBefore = Number.NaN] = loadavg();
  const other = against === null ? null : await buildOther(against, onProgress);
  try {
    const builds = [{ name: "this build", root: workspaceRoot }];
    if (other !== null) builds.push({ name: against ?? "", root: other.root });
    const results = await runScenarios(only, builds, rounds, onProgress);
    const bound = only.includes("broker") ? await measureBound(bounds, rounds, onProgress) : [];
    const replay = only.includes("replay") ? await measureReplay(builds, rounds) : [];
    const [loadAfter = Number.NaN] = loadavg();
    return { cores: availableParallelism(), loadBefore, loadAfter, rounds, scenarios: results, bounds: bound, replay };
  } finally {
    await other?.remove();
  }
}

async function runScenarios(
  only: readonly string[],
  builds: readonly { readonly name: string; readonly root: string }[],
  rounds: number,
  onProgress: (text: string) => void,
): Promise<ScenarioResult[]> {
  const chosen = scenarios.filter(({ name }) => only.includes(name));
  if (chosen.length === 0) return [];
  const subjects: Subject[] = [];
  try {
    for (const { name, root } of builds) subjects.push(await startSystem(name, root, onProgress));
    subjects.push(await startRelay());
    const results: ScenarioResult[] = [];
    for (const scenario of chosen) {
      const { name, title, unit } = scenario;
      results.push({ name, title, unit, rows: await measureScenario(scenario, subjects, rounds, onProgress) });
    }
    return results;
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}
