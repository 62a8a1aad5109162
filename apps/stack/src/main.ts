import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timelineTable } from "@p4/cli";
import { addressesOf, isConfigError, loadConfig } from "@p4/config";
import { isNatsServerError } from "@p4/nats-server";
import { visibleText } from "@p4/protocol";
import { exitSoon, runUntilSignal } from "@p4/telemetry";
import { assemble } from "./assemble.ts";
import { missingFromDemo } from "./check-demo.ts";
import { withJoinSecret } from "./join-secret.ts";
import { playPayment, type PlayedPayment } from "./play-payment.ts";
import { print, say } from "./terminal.ts";

/** Satoshis of the payment that is played at the start. */
const demoSatoshis = 1_000;
/** Short enough to be waited for, long enough for a slow machine to pay and to mine. */
const demoTtl = "6s";

/** A demo that was told to stop before its end. */
const interrupted = 130;

const usage = `npm start         the whole system, and one payment played through it; Ctrl-C stops it
npm run demo      the same in a directory and with a broker of its own, to the end of the channel; nothing is left behind

Both take P4_ variables and no arguments: "npm run -s p4 -- config --reference" lists them.`;

try {
  exitSoon(await run(process.argv.slice(2)), say);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`p4: ${visibleText(message, "\n")}${isNatsServerError(error) ? `. ${error.nextStep}` : ""}\n`);
  exitSoon(isConfigError(error) ? 2 : 1, say);
}

async function run([command, ...rest]: readonly string[]): Promise<number> {
  if (rest.length === 0 && (command === undefined || command === "demo")) return command === "demo" ? demo() : serve();
  const [asked = command] = rest;
  if (asked === "--help" || asked === "-h") {
    print(usage);
    return 0;
  }
  process.stderr.write(`p4: unknown argument ${asked}\n${usage}\n`);
  return 2;
}

/** `npm start`: the whole system, one payment played through it, then until Ctrl-C. */
async function serve(): Promise<number> {
  const config = loadConfig(await withJoinSecret(process.env));
  const { context, lifecycle, logger, until } = assemble(config);
  if (config.demo && config.apps.includes("payd") && config.apps.includes("miner") && config.apps.includes("edge")) {
    lifecycle.add({
      name: "demo",
      start: async (signal) => {
        const options = { satoshis: demoSatoshis, untilExpired: false, onProgress: say, signal };
        printTimeline(await playPayment(context, options));
      },
    });
  }
  lifecycle.add({
    name: "ready",
    start: () => {
      const { publicUrl } = addressesOf(context.config);
      const pages = config.apps.includes("edge") ? ` All pages: ${publicUrl}/` : "";
      print(`Serving. Ctrl-C stops everything.${pages}`);
    },
  });
  return runUntilSignal(lifecycle, { logger, tell: say, until: until.promise });
}

/** `npm run demo`: the same in a directory of its own, to the end of the channel; nothing is left behind. */
async function demo(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), "p4-demo-"));
  try {
    return await playDemo(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function playDemo(dataDir: string): Promise<number> {
  const ownPorts = { P4_PORT: "0", P4_PROOF_PORT: "0", P4_PAYD_PORT: "0", P4_MINER_PORT: "0" };
  const environment = await withJoinSecret({
    P4_LOG_LEVEL: "warn",
    P4_JOIN_POLICY: "token",
    P4_CHANNEL_TTL: demoTtl,
    ...ownPorts,
    ...process.env,
    P4_DATA_DIR: dataDir,
    // A merchant's key that is thrown away must not be that of invoices which stay.
    P4_NATS_URL: "",
    P4_NATS_CREDENTIALS: "",
  });
  const config = loadConfig(environment);
  const { context, lifecycle, logger, until } = assemble(config);
  let isPlayed = false;
  lifecycle.add({
    name: "demo",
    start: async (signal) => {
      const options = { satoshis: demoSatoshis, untilExpired: true, onProgress: say, signal };
      const played = await playPayment(context, options);
      printTimeline(played);
      const missing = missingFromDemo(played.timeline);
      if (missing !== null) throw new Error(`the timeline lacks ${missing}`);
      isPlayed = true;
      until.resolve();
    },
  });
  const exitCode = await runUntilSignal(lifecycle, { logger, tell: say, until: until.promise });
  if (!isPlayed) return interrupted;
  print("Paid, proved and expired, as it should be.");
  return exitCode;
}

function printTimeline({ channelId, timeline }: PlayedPayment): void {
  const { lines } = timelineTable(timeline.entries, undefined, process.stdout.columns);
  print(`\nThe timeline of channel ${channelId}:\n\n${lines.join("\n")}\n`);
}
