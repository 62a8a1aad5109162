import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timelineTable } from "@p4/cli";
import { isConfigError, loadConfig, type Config } from "@p4/config";
import { isNatsServerError } from "@p4/nats-server";
import { visibleText } from "@p4/protocol";
import { createLogger, Lifecycle, runUntilSignal, type Logger } from "@p4/telemetry";
import { missingFromDemo } from "./check-demo.ts";
import { startEmbeddedBroker } from "./embedded-broker.ts";
import { openLogFile } from "./log-file.ts";
import { playPayment, type PlayedPayment } from "./play-payment.ts";
import { addApps, type StackContext } from "./start-apps.ts";

/** Satoshis of the payment that is played at the start. */
const demoSatoshis = 1_000;
/** Short enough to be waited for, long enough for a slow machine to pay and to mine. */
const demoTtl = "6s";

/** Tells `p4` where the running system is. */
const stackFileName = "stack.json";

const usage = `npm start         the whole system, and one payment played through it; Ctrl-C stops it
npm run demo      the same in a directory and with a broker of its own, to the end of the channel; nothing is left behind

Both take P4_ variables and no arguments: "npm run -s p4 -- config --reference" lists them.`;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`p4: ${visibleText(message, "\n")}${isNatsServerError(error) ? `. ${error.nextStep}` : ""}\n`);
  process.exitCode = isConfigError(error) ? 2 : 1;
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
  const config = loadConfig(process.env);
  const { context, lifecycle, logger } = assemble(config);
  if (config.demo && config.apps.includes("payd") && config.apps.includes("miner") && config.apps.includes("edge")) {
    lifecycle.add({
      name: "demo",
      start: async () => {
        const { channelId, timeline } = await playPayment(context, {
          satoshis: demoSatoshis,
          untilExpired: false,
          onProgress: say,
        });
        printTimeline({ channelId, timeline });
      },
    });
  }
  lifecycle.add({ name: "ready", start: () => print("Serving. Ctrl-C stops everything.") });
  return runUntilSignal(lifecycle, logger);
}

/** `npm run demo`: the same in a directory of its own, to the end of the channel; nothing is left behind. */
async function demo(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), "p4-demo-"));
  const ownPorts = { P4_PORT: "0", P4_PROOF_PORT: "0", P4_PAYD_PORT: "0", P4_MINER_PORT: "0" };
  const config = loadConfig({
    P4_LOG_LEVEL: "warn",
    P4_CHANNEL_TTL: demoTtl,
    ...ownPorts,
    ...process.env,
    P4_DATA_DIR: dataDir,
    // A merchant's key that is thrown away must not be that of invoices which stay.
    P4_NATS_URL: "",
  });
  const { context, lifecycle } = assemble(config);
  const cleanUp = async (): Promise<void> => {
    await lifecycle.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const stopOnSignal = (): void => void cleanUp().finally(() => process.exit(130));
  process.once("SIGINT", stopOnSignal).once("SIGTERM", stopOnSignal);
  try {
    await lifecycle.start();
    const played = await playPayment(context, { satoshis: demoSatoshis, untilExpired: true, onProgress: say });
    printTimeline(played);
    const missing = missingFromDemo(played.timeline);
    if (missing !== null) throw new Error(`the timeline lacks ${missing}`);
    print("Paid, proved and expired, as it should be.");
    return 0;
  } finally {
    await cleanUp();
  }
}

function assemble(config: Config): { context: StackContext; lifecycle: Lifecycle; logger: Logger } {
  // The terminal is for people: the log's JSON lines go to a file.
  const log = openLogFile(config.dataDir, say);
  const loggerFor = (name: string): Logger => createLogger({ level: config.logLevel, name, destination: log.stream });
  const logger = loggerFor("stack");
  const lifecycle = new Lifecycle({ logger });
  const context: StackContext = { config, natsUrl: config.natsUrl?.join(",") ?? "", loggerFor, endpoints: [] };
  if (config.natsUrl === null) {
    let broker: Awaited<ReturnType<typeof startEmbeddedBroker>> | undefined;
    lifecycle.add({
      name: "nats-server",
      start: async () => {
        broker = await startEmbeddedBroker(config, say);
        context.natsUrl = broker.url;
        if (broker.monitorUrl !== null) context.config = { ...context.config, natsMonitorUrls: [broker.monitorUrl] };
        print(`nats-server ${broker.version} (${broker.foundBy})  ${broker.url}`);
      },
      stop: () => broker?.stop(),
    });
  }
  addApps(lifecycle, context);
  const stateFile = join(config.dataDir, stackFileName);
  lifecycle.add({
    name: "endpoints",
    start: async () => {
      for (const { app, url, note } of context.endpoints) print(`${app.padEnd(13)} ${url}\n${" ".repeat(14)}${note}`);
      print(`${"log".padEnd(13)} ${log.path}`);
      const { natsUrl, endpoints } = context;
      const monitorUrl = context.config.natsMonitorUrls?.[0] ?? null;
      await writeFile(stateFile, JSON.stringify({ pid: process.pid, natsUrl, monitorUrl, endpoints }, null, 2));
    },
    stop: () => rm(stateFile, { force: true }),
  });
  return { context, lifecycle, logger };
}

function printTimeline({ channelId, timeline }: PlayedPayment): void {
  const { lines } = timelineTable(timeline.entries, undefined, process.stdout.columns);
  print(`\nThe timeline of channel ${channelId}:\n\n${lines.join("\n")}\n`);
}

function print(text: string): void {
  process.stdout.write(`${visibleText(text, "\n")}\n`);
}

function say(text: string): void {
  process.stderr.write(`  ${visibleText(text)}\n`);
}
