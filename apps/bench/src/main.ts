import { parseArgs } from "node:util";
import { hostileCommand } from "./hostile-command.ts";
import { idleCommand } from "./idle-command.ts";
import { recordCommand } from "./record-command.ts";
import { relayScenario } from "./relay-scenario.ts";
import { reportText, type BenchReport } from "./report.ts";
import { tableCommand } from "./table/table-command.ts";
import { verifyScenario } from "./verify-scenario.ts";

const usage = `npm run bench -- [--channels 1000] [--concurrency 64] [--body-bytes 700] [--rounds 3] [--json]

Runs this system and a relay in memory side by side. Read the ratios; the absolute figures are this machine's.
Others: "npm run bench -- table" has a row for each kind of load and compares two commits, "npm run bench -- hostile" measures
wallets under attack, "npm run bench -- idle" counts what idle sockets cost, "npm run bench -- record" fills a broker with
payments.`;

const [command, ...rest] = process.argv.slice(2);
const commands = new Map([
  ["hostile", hostileCommand],
  ["idle", idleCommand],
  ["record", recordCommand],
  ["table", tableCommand],
]);
const run = commands.get(command ?? "");
if (run !== undefined) process.exit(await run(rest));

const { values } = parseArgs({
  options: {
    channels: { type: "string", default: "1000" },
    concurrency: { type: "string", default: "64" },
    "body-bytes": { type: "string", default: "700" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`${usage}\n`);
} else {
  const onProgress = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const relay = await relayScenario({
    channels: count(values.channels, "channels"),
    concurrency: count(values.concurrency, "concurrency"),
    bodyBytes: count(values["body-bytes"], "body-bytes"),
    rounds: count(values.rounds, "rounds"),
    onProgress,
  });
  const report: BenchReport = { relay, verify: verifyScenario(onProgress) };
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : reportText(report)}\n`);
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`--${name}: a whole number above 0, not ${text}\n\n${usage}\n`);
  process.exit(2);
}
