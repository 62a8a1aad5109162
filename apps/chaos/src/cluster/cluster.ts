import { join, resolve } from "node:path";
import { loadConfig } from "@p4/config";
import { timelineTable } from "@p4/stack";
import { command } from "@p4/testkit/command-line";
import { text, whole } from "@p4/testkit/command-line";
import { startSystem, type System } from "../system/system.ts";
import { Balancer } from "./balancer.ts";
import { keepRunning } from "./keep-running.ts";
import { playPayment } from "./play-payment.ts";
import { writeRunningFile } from "./running-file.ts";

const summary = "three brokers and several edges, without faults";
const about = `Runs as processes of this machine what deploy/cluster describes: three nats-servers, edges behind one address (P4_PORT,
default 8445), the proof server and two expiry workers. Plays one payment, then serves until Ctrl-C. The P4_ variables
are handed to every process; P4_REPLICAS is 3 here unless it is set. A process that ends, or is killed, is started again.
"npm run -s p4 -- doctor" beside it finds it, unless "npm start" runs out of the same P4_DATA_DIR.`;

export const cluster = command({
  name: "cluster",
  summary,
  about,
  options: { edges: whole(2, 1, 16), data: text("path", join(process.env["P4_DATA_DIR"] || "./data", "cluster")) },
  /** Resolves once everything has stopped. */
  run({ edges, data }) {
    const interrupted = new Promise<void>((stop) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop());
    });
    // A signal during the start ends the process; the children end with it.
    const dieOnSignal = (): void => process.exit(130);
    process.once("SIGINT", dieOnSignal).once("SIGTERM", dieOnSignal);
    return serve(resolve(data), edges, interrupted, () => {
      process.off("SIGINT", dieOnSignal).off("SIGTERM", dieOnSignal);
    });
  },
});

async function serve(dir: string, edges: number, interrupted: Promise<void>, started: () => void): Promise<number> {
  const settings = { P4_REPLICAS: "3", ...settingsOf(process.env) };
  const config = loadConfig(settings);
  const ttl = process.env["P4_CHANNEL_TTL"] ?? "2h";
  const names = Array.from({ length: edges }, (_, index) => `edge-${String(index + 1)}`);
  say("starting three nats-servers, the edges, the proof server and two expiry workers");
  const system = await startSystem({
    dir,
    edges: Object.fromEntries(names.map((name) => [name, { ttl }])),
    shards: config.shards,
    settings,
    onProgress: say,
  });
  let balancer: Balancer | undefined;
  let letGo = (): void => undefined;
  let forget = async (): Promise<void> => undefined;
  try {
    balancer = await Balancer.open(config.port, Object.values(system.edgePorts));
    const socketUrl = `ws://127.0.0.1:${String(balancer.port)}`;
    const proofUrl = `http://127.0.0.1:${String(system.proofPort)}`;
    forget = await writeRunningFile(dir, system, settings);
    printEndpoints(system, socketUrl, proofUrl, dir);
    const log = { ...system.logPlace, replicas: config.replicas };
    const played = await playPayment({ socketUrl, proofUrl, log });
    const { lines } = timelineTable(played.timeline.entries, undefined, process.stdout.columns);
    say(`\nThe timeline of channel ${played.channelId}:\n\n${lines.join("\n")}\n`);
    letGo = keepRunning([...system.brokers.brokers, ...system.apps.values()], say);
    say("Serving. Kill what you like: it comes back after 5 s. Ctrl-C stops everything.");
    started();
    await interrupted;
    say("stopping");
    return 0;
  } finally {
    letGo();
    balancer?.close();
    await forget();
    await system.stop();
  }
}

function printEndpoints(system: System, socketUrl: string, proofUrl: string, dir: string): void {
  say(`wallets       ${socketUrl}/ws/<channelID>`);
  const pidOf = (name: string): string => `pid ${String(system.apps.get(name)?.pid)}`;
  for (const [name, port] of Object.entries(system.edgePorts)) {
    say(`${name.padEnd(13)} http://127.0.0.1:${String(port)}  (behind it, ${pidOf(name)})`);
  }
  say(`proof server  ${proofUrl}/proofs/<txid>?i=<channelID>  (${pidOf("proofs")})`);
  for (const { name, url, pid } of system.brokers.brokers) say(`${name.padEnd(13)} ${url}  (pid ${String(pid)})`);
  say(`logs, stores  ${dir}`);
}

/** The settings that all processes share: without ports and addresses. */
function settingsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const own = new Set(["P4_PROOF_PORT", "P4_NATS_URL", "P4_NATS_CREDENTIALS", "P4_DATA_DIR"]);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("P4_") && !own.has(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
