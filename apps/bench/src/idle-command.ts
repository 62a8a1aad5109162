import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { idleScenario } from "./idle-scenario.ts";
import { figure, table } from "./report.ts";

const usage = `npm run bench -- idle [--sockets 100000] [--seconds 5] [--json]

Sockets that join and do nothing, over as many edges as the limit of open files asks for (ulimit -Hn, for each process): the
memory of each socket, and what the crowd costs well-behaved wallets at one of the edges.`;

/** Returns the exit code. */
export async function idleCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sockets: { type: "string", default: "100000" },
      seconds: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [seconds, sockets] = [Number(values.seconds), Number(values.sockets)];
  if (values.help || !(seconds > 0) || !(Number.isSafeInteger(sockets) && sockets > 0)) {
    process.stdout.write(`${usage}\n`);
    return values.help ? 0 : 2;
  }
  const onProgress = (text: string): void => void process.stderr.write(`  ${text}\n`);
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
  const text = `${table(head, rows)}\nload average ${loadavg()[0]?.toFixed(1) ?? "?"}`;
  process.stdout.write(`${values.json ? JSON.stringify(results, null, 2) : text}\n`);
  return 0;
}
