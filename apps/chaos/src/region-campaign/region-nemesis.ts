import { setTimeout as delay } from "node:timers/promises";
import { currentRow, type RegionRow } from "@p4/regions";
import type { LinkFault, RegionMove, RegionSchedule } from "./region-fault.ts";
import type { EpochBegin } from "./region-history.ts";
import type { RegionWorld } from "./region-world.ts";
import type { Runbook } from "./runbook.ts";
import { strikeRegion } from "./strike-region.ts";
import type { RegionWatch } from "./watch-region.ts";

/** A move as it went. */
export interface StruckMove {
  readonly kind: RegionMove["kind"];
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly before: Pick<RegionRow, "epoch" | "home">;
  readonly after: Pick<RegionRow, "epoch" | "home"> | null;
  /** What kept it from being carried out; null: nothing did. */
  readonly trouble: string | null;
}

export interface RegionNemesisOptions {
  readonly world: RegionWorld;
  readonly runbook: Runbook;
  readonly watch: RegionWatch;
  readonly durationMs: number;
  readonly onStrike: (what: string) => void;
}

/** Moves one after the other, link faults beside them. Resolves when all are healed; rejects when the signal comes. */
export async function runRegionNemesis(
  { moves, links }: RegionSchedule,
  options: RegionNemesisOptions,
  signal: AbortSignal,
): Promise<StruckMove[]> {
  const startMs = performance.now();
  const until = (atMs: number): Promise<void> =>
    delay(Math.max(0, atMs - (performance.now() - startMs)), undefined, { signal });
  const struck: StruckMove[] = [];
  const moveOn = async (): Promise<void> => {
    for (const move of moves) {
      await until(move.atMs);
      // What has taken longer than planned leaves no time for the last ones.
      if (performance.now() - startMs > options.durationMs) return;
      // Best effort: what is in the way will be found at the end again.
      if ((struck.at(-1)?.trouble ?? null) !== null) await options.runbook.settle().catch(() => undefined);
      struck.push(await strike(move, options, signal));
    }
  };
  await Promise.all([moveOn(), ...links.map((fault) => disturb(fault, options, until))]);
  return struck;
}

async function disturb(
  { atMs, holdMs, kind, link, way, delayMs }: LinkFault,
  { world, onStrike }: RegionNemesisOptions,
  until: (atMs: number) => Promise<void>,
): Promise<void> {
  await until(atMs);
  onStrike(`${kind} ${link} for ${String(holdMs)} ms`);
  const effects = {
    "cut-link": { severed: ["there", "back"] },
    "slow-link": { delayMs },
    "one-way-link": { severed: [way] },
  } as const;
  const relieve = world.interference.begin({ link, ...effects[kind] });
  try {
    await until(atMs + holdMs);
  } finally {
    relieve();
  }
}

async function strike(
  move: RegionMove,
  { world, runbook, watch, onStrike }: RegionNemesisOptions,
  signal: AbortSignal,
): Promise<StruckMove> {
  const startedAtMs = Date.now();
  const row = async (): Promise<RegionRow | null> => currentRow((await watch.look()).sites.map((site) => site.row));
  const began = await row();
  if (began === null) throw new Error("the sites do not agree on a home");
  const others = world.sites.map(({ name }) => name).filter((name) => name !== began.home);
  const [first = "", second = ""] = move.copy === 0 ? others : others.toReversed();
  onStrike(`${move.kind}: home ${began.home}, epoch ${String(began.epoch)}`);
  let trouble: string | null = null;
  try {
    await strikeRegion(move, { world, runbook, home: began.home, copies: [first, second], signal });
  } catch (error) {
    signal.throwIfAborted();
    trouble = error instanceof Error ? error.message : String(error);
    onStrike(`${move.kind}: ${trouble}`);
    await world.startAll();
  }
  const now = await row();
  return {
    kind: move.kind,
    startedAtMs,
    tookMs: Date.now() - startedAtMs,
    before: { epoch: began.epoch, home: began.home },
    after: now === null ? null : { epoch: now.epoch, home: now.home },
    trouble,
  };
}

const byOperator: Partial<Record<RegionMove["kind"], EpochBegin["by"]>> = {
  switch: "switch",
  "two-switches": "switch",
  "killed-switch": "switch",
};

/** How each epoch came about: all that a move has begun came by the same command. */
export function beginsOf(moves: readonly StruckMove[]): EpochBegin[] {
  return moves.flatMap(({ kind, before, after }) =>
    Array.from({ length: Math.max(0, (after?.epoch ?? 0) - before.epoch) }, (_, index) => ({
      epoch: before.epoch + 1 + index,
      by: byOperator[kind] ?? ("failover" as const),
    })),
  );
}
