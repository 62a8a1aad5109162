import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, flag } from "@p4/testkit/command-line";
import { figure, table } from "../report.ts";
import { brokerBound } from "./broker-bound.ts";
import { coldReplay } from "./cold-replay.ts";
import { quotient, Rows } from "./goals.ts";
import { better, compareWithKept, meanOf, noise, type GuardLine, type Ratios } from "./guard.ts";
import { conversations, payments } from "./loads.ts";
import { workspaceRoot } from "./other-build.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { Stage } from "./stage.ts";
import { underLoad } from "./under-load.ts";

const about = `What a message, a payment and a fold cost in CPU time against something that this repository's changes do not touch,
measured in turns in the same run. Exits with 1 when a ratio is more than ${String(noise)} times the one in docs/performance/guard.json, twice in a
row. --keep writes that file: after a change that is meant to cost more, or that made something cheaper.`;

const keptFile = join(workspaceRoot, "docs", "performance", "guard.json");

interface Guarded {
  readonly scenario: Scenario;
  /** The shorter a round, the more of them. */
  readonly rounds: number;
  /** Of the cheapest rounds, by name. */
  readonly ratios: Readonly<Record<string, (rows: Rows) => number | undefined>>;
}

const guarded: readonly Guarded[] = [
  {
    rounds: 2,
    scenario: {
      name: "guard-messages",
      title: "32 conversations",
      unit: "message",
      async contenders(stage) {
        const [system] = await stage.systems();
        const broker = await stage.bareBroker();
        return [
          // Clocks of processes count in hundredths of a second: the cheaper, the more of it.
          ...(system === undefined ? [] : [underLoad(system, conversations(32, 50))]),
          underLoad(await stage.relay(), conversations(32, 240)),
          brokerBound(broker, { streams: 8, inFlight: 32, batch: 1, forMs: 600 }),
        ];
      },
    },
    ratios: {
      "server CPU of a message against the relay's": (rows) => against(rows, "serverCpuMicros", "relay in memory"),
      "broker CPU of a message against a bare client's append": (rows) =>
        against(rows, "brokerCpuMicros", "bare client"),
    },
  },
  {
    rounds: 3,
    scenario: {
      name: "guard-payments",
      title: "Whole payments, 16 at once",
      unit: "payment",
      async contenders(stage) {
        const systems = await stage.systems();
        return [
          ...systems.map((system) => underLoad(system, payments(60, 16))),
          underLoad(await stage.relay(), payments(300, 16)),
        ];
      },
    },
    ratios: {
      "server CPU of a payment against the relay's": (rows) => against(rows, "serverCpuMicros", "relay in memory"),
    },
  },
  {
    rounds: 8,
    scenario: {
      name: "guard-replay",
      title: "Recorded channels folded",
      unit: "channel",
      contenders: ({ builds }) => coldReplay(builds),
    },
    ratios: {
      "CPU of a fold against JSON.parse's": (rows) =>
        quotient(rows.highest("perSecond", "JSON.parse"), rows.highest("perSecond", "this build")),
    },
  },
];

function against(rows: Rows, name: "serverCpuMicros" | "brokerCpuMicros", subject: string): number | undefined {
  return quotient(rows.lowest(name, "this build"), rows.lowest(name, subject));
}

export const guard = command({
  name: "guard",
  summary: "in 20 seconds: whether a ratio of CPU times got worse",
  about,
  options: { keep: flag },
  run: compareRatios,
});

async function compareRatios({ keep }: { readonly keep: boolean }): Promise<number> {
  const measured = await measureRatios();
  if (keep) {
    // A lucky run would stop the next one that is not.
    const usual = meanOf(measured, await measureRatios());
    await writeFile(keptFile, `${JSON.stringify(usual, null, 2)}\n`);
    return 0;
  }
  const kept = JSON.parse(await readFile(keptFile, "utf8")) as Ratios;
  let lines = compareWithKept(measured, kept);
  if (lines.some(({ passed }) => !passed)) {
    process.stderr.write("  beyond noise: once more\n");
    lines = compareWithKept(better(measured, await measureRatios()), kept);
  }
  process.stdout.write(`${guardText(lines)}\n`);
  return lines.every(({ passed }) => passed) ? 0 : 1;
}

async function measureRatios(): Promise<Ratios> {
  const onProgress = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const stage = new Stage([{ name: "this build", root: workspaceRoot }], false, onProgress);
  try {
    const measured: Record<string, number> = {};
    for (const { scenario, rounds, ratios } of guarded) {
      const rows = new Rows((await runScenario(scenario, stage, rounds)).rows);
      for (const [name, ratioOf] of Object.entries(ratios)) {
        const ratio = ratioOf(rows);
        if (ratio !== undefined) measured[name] = ratio;
      }
    }
    return measured;
  } finally {
    await stage.stop();
  }
}

function guardText(lines: readonly GuardLine[]): string {
  const cell = (value: number | null): string => (value === null ? "-" : `${figure(value)}x`);
  const rows = lines.map(({ name, ratio, kept, limit, passed }) => {
    return [name, cell(ratio), cell(kept), cell(limit), passed ? "ok" : "REGRESSION"];
  });
  return table(["ratio of CPU times", "now", "kept", "at most", ""], rows);
}
