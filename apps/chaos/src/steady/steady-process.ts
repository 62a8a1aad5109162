import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Recorder } from "../wallets/recorder.ts";
import { planPair } from "./pair-plan.ts";
import { PaymentPair } from "./payment-pair.ts";
import type { FromSteady, SteadySettings } from "./steady-protocol.ts";

/** Wallets in a process of their own: payments begin at a steady rate, however long those before them take. */
const settings = JSON.parse(process.argv[2] ?? "") as SteadySettings;
const recorder = new Recorder(settings.recordFile);
const openedAtOnce = 32;
const loop = monitorEventLoopDelay({ resolution: 1 });
let begun = 0;

process.on("disconnect", () => process.exit(1));

const pairs = settings.openFirst ? await openAll() : [];
tell("ready");
await once(process, "message");
loop.enable();
const report = setInterval(() => tell("progress"), 200);
await payAll();
if (settings.openFirst) await allJoined();
for (const pair of pairs) pair.close();
clearInterval(report);
await recorder.close();
tell("done");
process.disconnect();

function openPair(index: number): PaymentPair {
  return new PaymentPair(planPair(settings.name, index, settings.edges, settings.thinkMs), recorder);
}

/** A few at a time, as wallets come that were not disconnected together. */
async function openAll(): Promise<PaymentPair[]> {
  const signal = AbortSignal.timeout(60_000 + settings.payments * 50);
  const opened: PaymentPair[] = [];
  while (opened.length < settings.payments) {
    const count = Math.min(openedAtOnce, settings.payments - opened.length);
    const batch = Array.from({ length: count }, (_, offset) => openPair(opened.length + offset));
    await Promise.all(batch.map((pair) => pair.joined(signal)));
    opened.push(...batch);
  }
  return opened;
}

async function payAll(): Promise<void> {
  const running: Promise<void>[] = [];
  const startMs = performance.now();
  while (begun < settings.payments) {
    const dueMs = startMs + (begun * 1_000) / settings.paymentsPerSecond;
    await delay(Math.max(0, dueMs - performance.now()));
    running.push(payOne(begun++));
  }
  await Promise.all(running);
}

async function payOne(index: number): Promise<void> {
  const pair = pairs[index] ?? openPair(index);
  await pair.pay(AbortSignal.timeout(settings.limitMs));
  if (!settings.openFirst) pair.close();
}

/** The longest gap is known once every wallet is back; the record shows those that never were. */
async function allJoined(): Promise<void> {
  const endMs = performance.now() + settings.limitMs;
  while (pairs.some((pair) => !pair.isJoined) && performance.now() < endMs) await delay(50);
}

function tell(type: FromSteady["type"]): void {
  process.send?.({ type, payments: begun, loopP99Ms: loop.percentile(99) / 1e6 } satisfies FromSteady);
}
