import { setMaxListeners } from "node:events";
import { setPriority } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "../nemesis/random.ts";
import { attacks, type AttackName } from "./attacks.ts";
import { Stranger, type StrangerWorld } from "./stranger.ts";
import type { AttackPlan, FromStrangers, StrangersSettings } from "./strangers-protocol.ts";

/**
 * All strangers of a campaign, in a process of their own of the lowest priority: real ones bring their own machines, and
 * these must not take the cores from what is measured.
 */
const lowestPriority = 19;
/** At the end, for what is under way. */
const leaveWithinMs = 2_000;
const settings = JSON.parse(process.argv[2] ?? "") as StrangersSettings;
const over = new AbortController();
const loop = monitorEventLoopDelay({ resolution: 5 });
const rounds: Record<string, number> = {};
const successes: Record<string, number> = {};
const startMs = performance.now();
let bytesWritten = 0;
let strangers = 0;

setPriority(lowestPriority);
setMaxListeners(0, over.signal);
loop.enable();
process.on("disconnect", () => process.exit(1));
process.on("message", () => over.abort());
const report = setInterval(() => tell("progress"), 500);
await Promise.all(settings.plan.flatMap(seatsOf));
clearInterval(report);
tell("done");
process.disconnect();

/** Each place of the plan has a sequence of its own: how long one stranger takes changes nothing for the others. */
function seatsOf({ attack, strangers: count, pauseMs }: AttackPlan): Promise<void>[] {
  return Array.from({ length: count }, async (_, seat) => {
    const random = seededRandom(settings.seed + hashOf(`${attack} ${String(seat)}`));
    const world: StrangerWorld = {
      random,
      over: over.signal,
      mayWrite,
      succeeded(what) {
        // An interrupted attack has seen no answer to its last request.
        if (!over.signal.aborted) successes[`${attack}: ${what}`] = (successes[`${attack}: ${what}`] ?? 0) + 1;
      },
    };
    while (!over.signal.aborted) {
      const [least, most] = pauseMs;
      await delay(least + random() * (most - least), undefined, { signal: over.signal }).catch(() => undefined);
      if (!over.signal.aborted) await once(attack, world);
    }
  });
}

async function once(attack: AttackName, world: StrangerWorld): Promise<void> {
  const { host, port, seed } = settings;
  const name = `stranger-${String(seed)}-${String(++strangers)}`;
  const stranger = new Stranger(name, { host, port, from: addressOf(world.random) }, world);
  const leaveAtTheEnd = (): void => void setTimeout(() => stranger.leave(), leaveWithinMs);
  over.signal.addEventListener("abort", leaveAtTheEnd);
  try {
    await attacks[attack](stranger);
  } finally {
    over.signal.removeEventListener("abort", leaveAtTheEnd);
    stranger.leave();
  }
  rounds[attack] = (rounds[attack] ?? 0) + 1;
}

/** Not those of honest wallets, which come from 127.0.0.1. */
function addressOf(random: () => number): string {
  const index = Math.floor(random() * settings.addresses);
  return `127.${String(1 + (index >> 14))}.${String((index >> 7) & 127)}.${String(1 + (index & 127))}`;
}

function mayWrite(bytes: number): boolean {
  const allowed = settings.burstBytes + ((performance.now() - startMs) / 1_000) * settings.bytesPerSecond;
  if (over.signal.aborted || bytesWritten + bytes > allowed) return false;
  bytesWritten += bytes;
  return true;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

function tell(type: FromStrangers["type"]): void {
  const loopP99Ms = loop.percentile(99) / 1e6;
  process.send?.({ type, rounds, successes, bytesWritten, loopP99Ms } satisfies FromStrangers);
}
