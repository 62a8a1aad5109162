import { setTimeout as delay } from "node:timers/promises";
import { planFlow } from "./flow-plan.ts";
import { Recorder } from "./recorder.ts";
import { runFlow } from "./run-flow.ts";
import { stallPeer } from "./stalled-peer.ts";
import type { FromWallets, ToWallets, WalletsSettings } from "./wallets-protocol.ts";

/** The wallets of a campaign, in a process of their own: flows until they are told to finish. */
const settings = JSON.parse(process.argv[2] ?? "") as WalletsSettings;
const recorder = new Recorder(settings.recordFile);
const world = { recorder, proofUrl: settings.proofUrl, limitMs: settings.flowLimitMs };
const stalls = new Set<Promise<void>>();
let finishing = false;
let flows = 0;

process.on("disconnect", () => process.exit(1));
process.on("message", (message: ToWallets) => {
  if (message.type === "finish") {
    finishing = true;
    return;
  }
  const { hostname: host, port } = new URL(message.edge);
  const channelId = `stall-${String(settings.seed)}-${String(stalls.size)}`;
  stalls.add(stallPeer({ channelId, host, port: Number(port), holdMs: message.holdMs }, recorder));
});

const running = new Set<Promise<void>>();

/** Flows begin at a steady rate, however long those before them take: a stall is met by all who come meanwhile. */
async function beginFlows(): Promise<void> {
  for (let nextMs = performance.now(); !finishing; nextMs += 1_000 / settings.flowsPerSecond) {
    await delay(Math.max(0, nextMs - performance.now()));
    if (running.size >= settings.maxRunningFlows) continue;
    flows++;
    const flow = runFlow(planFlow(flows, settings.seed, settings.edges), world).finally(() => running.delete(flow));
    running.add(flow);
  }
}

const report = setInterval(() => tell({ type: "progress", flows }), 1_000);
await beginFlows();
await Promise.all([...running, ...stalls]);
clearInterval(report);
await recorder.close();
tell({ type: "done", flows });
process.disconnect();

function tell(message: FromWallets): void {
  process.send?.(message);
}
