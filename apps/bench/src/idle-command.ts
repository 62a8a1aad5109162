import { loadavg } from "node:os";
import { command, flag, number, whole } from "@p4/testkit/command-line";
import { idleScenario } from "./idle-scenario.ts";
import { figure, table } from "./report.ts";

const about = `Sockets that join and do nothing, over as many edges as the limit of open files asks for (ulimit -Hn, for each process): the
memory of each socket, and what the crowd costs well-behaved wallets at one of the edges.`;

export const idle = command({
  name: "idle",
  summary: "memory of idle sockets, and what a crowd of them costs others",
  about,
  options: { sockets: whole(100_000, 1, 10_000_000), seconds: number(5, 0.1, 3_600), json: flag },
  async run({ sockets, seconds, json }) {
    const onProgress = (line: string): void => void process.stderr.write(`  ${line}\n`);
    const results = await idleScenario({ sockets, forMs: seconds * 1000, onProgress });
    const rows = results.map((row) => [
      row.what,
      String(row.edges),
      String(row.sockets),
      figure(row.bytesPerSocket),
      figure(row.quietP99Ms),
      figure(row.crowdedP99Ms),
      `${figure(row.crowdedP99Ms / row.quietP99Ms)}x`,
    ]);
    const head = ["", "edges", "sockets open", "bytes each", "quiet p99 ms", "with them ms", "ratio"];
    const lines = `${table(head, rows)}\nload average ${loadavg()[0]?.toFixed(1) ?? "?"}`;
    process.stdout.write(`${json ? JSON.stringify(results, null, 2) : lines}\n`);
    return 0;
  },
});
