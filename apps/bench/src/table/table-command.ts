import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs, promisify } from "node:util";
import { findNatsServer } from "@p4/nats-server";
import { judge } from "./goals.ts";
import { buildOther, workspaceRoot } from "./other-build.ts";
import { runScenario } from "./run-scenario.ts";
import type { ScenarioResult } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { Stage, type Build } from "./stage.ts";
import { tableText, type TableResult } from "./table-report.ts";

const names = scenarios.map(({ name }) => name);

const usage = `npm run bench [-- table] [--only ${names.slice(0, 2).join(",")}] [--against <git ref>] [--rounds 3] [--full]\n    [--json] [-o table.json]

A row for each kind of load: this build beside a relay in memory, what a bare client gets out of the same broker, what else a user
could pick ("peers", installed in the user's cache at its first run) and, with --against, another commit of this repository; all in
turns, with the goal and whether it is met. --full: as many sockets and channels as a server in the field has.
-o keeps the run, for "npm run bench -- chart" and "npm run bench -- scaling".
Rows: ${names.join(", ")}.

Others, each with --help: guard, hostile, idle, profile, record.`;

export interface TableOptions {
  readonly only: readonly string[];
  readonly rounds: number;
  readonly against: string | null;
  readonly full: boolean;
}

/** Returns the exit code. */
export async function tableCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: names.join(",") },
      against: { type: "string" },
      rounds: { type: "string", default: "3" },
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      output: { type: "string", short: "o" },
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
  const result = await runTable({ only, rounds, against: values.against ?? null, full: values.full });
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (values.output !== undefined) await writeFile(values.output, json);
  process.stdout.write(values.json ? json : `${tableText(result)}\n`);
  return 0;
}

export async function runTable({ only, rounds, against, full }: TableOptions): Promise<TableResult> {
  const onProgress = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const [loadBefore = Number.NaN] = loadavg();
  const startedMs = performance.now();
  const measuredAt = new Date().toISOString();
  const other = against === null ? null : await buildOther(against, onProgress);
  const others: Build[] = other === null ? [] : [{ name: against ?? "", root: other.root }];
  const stage = new Stage([{ name: "this build", root: workspaceRoot }, ...others], full, onProgress);
  try {
    const results: ScenarioResult[] = [];
    for (const scenario of scenarios) {
      if (only.includes(scenario.name)) results.push(await runScenario(scenario, stage, rounds));
    }
    const [loadAfter = Number.NaN] = loadavg();
    return {
      measuredAt,
      commit: await commitHere(),
      processor: cpus()[0]?.model ?? "",
      cores: availableParallelism(),
      node: process.versions.node,
      broker: (await findNatsServer({ env: process.env })).version,
      loadBefore,
      loadAfter,
      rounds,
      full,
      elapsedSeconds: (performance.now() - startedMs) / 1000,
      scenarios: results,
      verdicts: judge(results),
    };
  } finally {
    await stage.stop();
    await other?.remove();
  }
}

async function commitHere(): Promise<string> {
  const git = ["describe", "--always", "--abbrev=7", "--dirty=+"];
  return promisify(execFile)("git", git, { cwd: workspaceRoot }).then(
    ({ stdout }) => stdout.trim(),
    () => "unknown",
  );
}
