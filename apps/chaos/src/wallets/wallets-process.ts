import { setTimeout as delay } from "node:timers/promises";
import { planFlow } from "./flow-plan.ts";
import { Recorder } from "./recorder.ts";
import { runFlow } from "./run-flow.ts";
import { stallPeer } from "./stalled-peer.ts";
import type { FromWallets, ToWallets, WalletsSettings } from "./wallets-protocol.ts";

/** The wallets of a campaign, in a process of their own: many flows at a time until they are told to finish. */
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

async function worker(): Promise<void> {
  while (!finishing) {
    flows++;
    await runFlow(planFlow(flows, settings.seed, settings.edges), world);
    // A wallet that fails at once must not spin.
    await delay(settings.pauseMs);
  }
}

const report = setInterval(() => tell({ type: "progress", flows }), 1_000);
await Promise.all(Array.from({ length: settings.concurrency }, worker));
await Promise.all(stalls);
clearInterval(report);
await recorder.close();
tell({ type: "done", flows });
process.disconnect();

function tell(message: FromWallets): void {
  process.send?.(message);
}
