import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { promisify } from "node:util";
import { findNatsServer } from "@p4/nats-server";
import { command, flag, refuse, text, whole, type Setting } from "@p4/testkit/command-line";
import { judge } from "./goals.ts";
import { buildOther, workspaceRoot } from "./other-build.ts";
import { runScenario } from "./run-scenario.ts";
import type { ScenarioResult } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { Stage, type Build } from "./stage.ts";
import { tableText, type TableResult } from "./table-report.ts";

const names = scenarios.map(({ name }) => name);

const about = `A row for each kind of load: this build beside a relay in memory, what a bare client gets out of the same broker, what else a user
could pick ("peers", installed in the user's cache at its first run) and, with --against, another commit of this repository; all in
turns, with the goal and whether it is met. --full: as many sockets and channels as a server in the field has.
-o keeps the run, for "npm run bench -- chart" and "npm run bench -- scaling".
Rows, of which --only picks some with commas between them: ${names.join(", ")}.`;

/** Names with commas between them; all of them where nothing is given. */
const rows: Setting<readonly string[]> = {
  otherwise: names,
  value: "rows",
  read(list) {
    const unknown = list.split(",").find((name) => !names.includes(name));
    return unknown === undefined ? list.split(",") : refuse(`no row ${unknown}`);
  },
};

interface TableOptions {
  readonly only: readonly string[];
  readonly rounds: number;
  readonly against: string | null;
  readonly full: boolean;
}

export const table = command({
  name: "table",
  summary: "a row for each kind of load",
  about,
  options: {
    only: rows,
    against: text("git ref", null),
    rounds: whole(3, 1, 1_000),
    full: flag,
    json: flag,
    output: { ...text("file", null), short: "-o" },
  },
  async run({ json: isJson, output, ...given }) {
    const result = await runTable(given);
    const json = `${JSON.stringify(result, null, 2)}\n`;
    if (output !== null) await writeFile(output, json);
    process.stdout.write(isJson ? json : `${tableText(result)}\n`);
    return 0;
  },
});

async function runTable({ only, rounds, against, full }: TableOptions): Promise<TableResult> {
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
