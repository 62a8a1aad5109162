import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DeadlineHandler, DeadlineStore, DeadlineVerdict } from "../deadline-store.ts";

export interface DeadlineHarness {
  /** Two workers' views of the same deadlines. */
  readonly workers: readonly [DeadlineStore, DeadlineStore];
  /** The time by which deadlines elapse here. */
  readonly nowMs: () => number;
  /** Lets time go on until the condition holds; rejects when it goes on for much longer than any deadline here. */
  readonly elapseUntil: (condition: () => boolean) => Promise<void>;
}

const done: DeadlineVerdict = { outcome: "done" };
const newChannel = (): string => `ch_${randomUUID()}`;

/** What every deadline store must do. Each test begins with nothing armed by others that it would mind. */
export function deadlineStoreContract(name: string, get: () => DeadlineHarness): void {
  async function watching(handler: DeadlineHandler, run: () => Promise<void>): Promise<void> {
    const watchers = await Promise.all(get().workers.map((worker) => worker.watchElapsed(handler)));
    try {
      await run();
    } finally {
      for (const watcher of watchers) watcher.unsubscribe();
      await Promise.all(watchers.map((watcher) => watcher.stopped));
    }
  }

  describe(`deadlines: ${name}`, () => {
    it("hands each elapsed deadline to one of the workers, once; not a disarmed one, a moved one later", async () => {
      const [first, second, disarmed, moved] = Array.from({ length: 4 }, newChannel) as [
        string,
        string,
        string,
        string,
      ];
      const seen: string[] = [];
      const { workers, nowMs, elapseUntil } = get();
      const [store] = workers;
      let movedWithinMs = 0;
      await watching(
        async (channelId) => {
          seen.push(channelId);
          if (channelId === moved) movedWithinMs += nowMs();
          return done;
        },
        async () => {
          // Long enough that the broker of a busy machine has stored the rest before they elapse.
          await store.arm(disarmed, 5_000);
          await store.arm(moved, 5_000);
          await store.arm(first, 200);
          await store.disarm(disarmed);
          movedWithinMs = -nowMs();
          await store.arm(moved, 8_000);
          // Elapses later than the two would have.
          await store.arm(second, 5_000);
          await elapseUntil(() => [first, second, moved].every((channelId) => seen.includes(channelId)));
        },
      );
      expect(seen.filter((channelId) => [first, second, disarmed, moved].includes(channelId)).toSorted()).toEqual(
        [first, second, moved].toSorted(),
      );
      expect(movedWithinMs).toBeGreaterThan(7_000);
    });

    it("shows a marker again when told so, and after a handler that threw", async () => {
      const [early, broken] = [newChannel(), newChannel()];
      const times = new Map<string, number>();
      await watching(
        async (channelId) => {
          const count = (times.get(channelId) ?? 0) + 1;
          times.set(channelId, count);
          if (channelId === early && count === 1) return { outcome: "again", inMs: 300 };
          if (channelId === broken && count === 1) throw new Error("not now");
          return done;
        },
        async () => {
          await get().workers[0].arm(early, 1_000);
          await get().workers[0].arm(broken, 1_000);
          await get().elapseUntil(() => times.get(early) === 2 && times.get(broken) === 2);
        },
      );
    });

    it("keeps markers while no worker runs", async () => {
      const [channelId, fence] = [newChannel(), newChannel()];
      const [store] = get().workers;
      await store.arm(channelId, 1_000);
      // The marker has been written by now, with no worker there to take it.
      let waited = false;
      setTimeout(() => (waited = true), 1_500);
      await get().elapseUntil(() => waited);
      const seen: string[] = [];
      await watching(
        async (id) => {
          seen.push(id);
          return done;
        },
        async () => {
          await store.arm(fence, 1_000);
          await get().elapseUntil(() => seen.includes(fence));
        },
      );
      expect(seen.filter((id) => id === channelId)).toHaveLength(1);
    });
  });
}
