import { parseArgs } from "node:util";
import { hostileScenario } from "./hostile-scenario.ts";
import { figure, table } from "./report.ts";

const usage = `npm run bench -- hostile [--seconds 5] [--idle 9000] [--only <attack>] [--json]

The p99 of well-behaved wallets, quiet and under each attack (goal: at most twice), and the memory of an idle socket.`;

/** Returns the exit code. */
export async function hostileCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "5" },
      idle: { type: "string", default: "9000" },
      only: { type: "string", default: "" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [seconds, idleSockets] = [Number(values.seconds), Number(values.idle)];
  if (values.help || !(seconds > 0) || !Number.isSafeInteger(idleSockets) || idleSockets < 0) {
    process.stdout.write(`${usage}\n`);
    return values.help ? 0 : 2;
  }
  const onProgress = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const report = await hostileScenario({ forMs: seconds * 1000, idleSockets, only: values.only, onProgress });
  if (values.json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return 0;
  }
  const attacks = report.attacks.map(({ attack, size, quietP99Ms, attackedP99Ms }) => [
    `${attack} (${String(size)})`,
    figure(quietP99Ms),
    figure(attackedP99Ms),
    `${figure(attackedP99Ms / quietP99Ms)}x`,
  ]);
  const idle = report.idle.map(({ what, sockets, bytesPerSocket }) => [what, String(sockets), figure(bytesPerSocket)]);
  process.stdout.write(
    [
      "Well-behaved wallets: p99 from one to the other",
      table(["attack", "quiet ms", "attacked ms", "ratio"], attacks),
      "",
      "Memory of the edge's process",
      table(["", "sockets", "bytes each"], idle),
      "",
    ].join("\n"),
  );
  return 0;
}
