import { loadavg } from "node:os";
import { command, flag, number, text, whole } from "@p4/testkit/command-line";
import { hostileScenario, type HostileResult } from "./hostile-scenario.ts";
import { figure, table } from "./report.ts";

const about = `The p99 of well-behaved wallets, quiet and under each attack (goal: at most twice). Attackers run at the lowest priority.
--profile leaves a CPU profile of each attack's edge.`;

export const hostile = command({
  name: "hostile",
  summary: "well-behaved wallets, quiet and under each attack",
  about,
  options: {
    seconds: number(5, 0.1, 3_600),
    rounds: whole(3, 1, 1_000),
    only: text("attack", ""),
    profile: text("directory", null),
    json: flag,
  },
  async run({ seconds, rounds, only, profile: profileDir, json }) {
    const onProgress = (line: string): void => void process.stderr.write(`  ${line}\n`);
    const results = await hostileScenario({ forMs: seconds * 1000, rounds, only, profileDir, onProgress });
    process.stdout.write(`${json ? JSON.stringify(results, null, 2) : hostileText(results)}\n`);
    return 0;
  },
});

function hostileText(results: readonly HostileResult[]): string {
  const wallets = results.map(({ attack, size, donePerSecond, joinedPerSecond, quiet, attacked }) => [
    `${attack} (${String(size)})`,
    figure(donePerSecond),
    figure(joinedPerSecond),
    figure(quiet.p99Ms),
    figure(attacked.p99Ms),
    ratio(attacked.p99Ms, quiet.p99Ms),
    ratio(attacked.p50Ms, quiet.p50Ms),
  ]);
  const edge = results.map(({ attack, quiet, attacked }) => [
    attack,
    ...[quiet, attacked].map((phase) => figure(phase.edge.ownP99Ms)),
    ratio(attacked.edge.ownP99Ms, quiet.edge.ownP99Ms),
    ...[quiet, attacked].flatMap((phase) => [figure(phase.edge.loopP99Ms), figure(phase.edgeCpuShare)]),
    ...[quiet, attacked].map((phase) => figure(phase.clientLoopP99Ms)),
  ]);
  return [
    "Well-behaved wallets, from one to the other",
    table(["attack", "done/s", "joined/s", "quiet p99 ms", "attacked p99 ms", "p99 ratio", "p50 ratio"], wallets),
    "",
    "The edge's process: p99 from a decoded frame to its delivery, p99 of its loop's lateness, cores used; and the client's loop",
    table(
      ["", "quiet ms", "attacked ms", "ratio", "loop ms", "cores", "loop ms", "cores", "client ms", "client ms"],
      edge,
    ),
    `load average ${loadavg()[0]?.toFixed(1) ?? "?"}`,
  ].join("\n");
}

function ratio(attacked: number, quiet: number): string {
  return `${figure(attacked / quiet)}x`;
}
