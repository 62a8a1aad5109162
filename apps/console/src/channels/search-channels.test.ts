import type { ChannelSummary } from "@p4/channel";
import { describe, expect, test, vi } from "vitest";
import { ChannelDirectory } from "./channel-directory.ts";
import { readQuery, searchChannels } from "./search-channels.ts";

const minuteMs = 60_000;
const nowMs = 1_000 * minuteMs;

function summary(channelId: string, changes: Partial<ChannelSummary> = {}): ChannelSummary {
  return {
    channelId,
    state: "settled",
    fault: null,
    streamVersion: 1,
    events: 7,
    openedAtMs: nowMs - 10 * minuteMs,
    lastEventAtMs: nowMs - minuteMs,
    waitingSinceMs: nowMs - minuteMs,
    expiresAtMs: nowMs + minuteMs,
    txids: [],
    satoshis: 1_000,
    memo: null,
    merchant: null,
    customer: null,
    ...changes,
  };
}

/** An index in memory, which can fail. */
function fakeIndex(...summaries: readonly ChannelSummary[]) {
  const written = summaries.map((each, i) => ({ summary: each, revision: i + 1 }));
  let failure: Error | null = null;
  const index = {
    catchUp: () => (failure === null ? Promise.resolve() : Promise.reject(failure)),
    async *changes(after = 0) {
      for (const each of written) if (each.revision > after) yield each;
    },
  };
  return {
    index,
    write: (next: ChannelSummary) => written.push({ summary: next, revision: written.length + 1 }),
    fail: (error: Error | null) => (failure = error),
  };
}

function directoryOf(fake: ReturnType<typeof fakeIndex>, options: { maxChannels?: number } = {}) {
  const clock = { nowMs };
  const directory = new ChannelDirectory({
    index: fake.index,
    nowMs: () => clock.nowMs,
    brokerTrouble: () => null,
    ...options,
  });
  const ids = async (query = ""): Promise<string[]> => {
    const asked = readQuery(new URLSearchParams(query));
    if ("rule" in asked) throw new Error(asked.rule);
    return (await searchChannels(await directory.state(), asked, nowMs)).channels.map(({ channelId }) => channelId);
  };
  return { directory, clock, ids };
}

const waiting = (channelId: string, minutes: number): ChannelSummary =>
  summary(channelId, { state: "awaitingAck", waitingSinceMs: nowMs - minutes * minuteMs });

describe("a search", () => {
  test("has the longest stuck first, then the last active", async () => {
    const old = summary("old", { lastEventAtMs: nowMs - 9 * minuteMs });
    const { ids } = directoryOf(
      fakeIndex(old, summary("new"), waiting("stuck", 6), waiting("longer", 60), waiting("fresh", 1)),
    );
    expect((await ids()).slice(0, 2)).toEqual(["longer", "stuck"]);
    expect((await ids()).at(-1)).toBe("old");
    expect(await ids("stuck=yes")).toEqual(["longer", "stuck"]);
  });

  test("finds by a part of the id, of a txid and of the memo, whatever its case", async () => {
    const { ids } = directoryOf(
      fakeIndex(summary("Inv-1"), summary("b", { txids: ["ab12"] }), summary("c", { memo: "Two TEAS" })),
    );
    expect(await ids("q=inv-")).toEqual(["Inv-1"]);
    expect(await ids("q=B12")).toEqual(["b"]);
    expect(await ids("q=two+teas")).toEqual(["c"]);
    expect(await ids("q=nothing")).toEqual([]);
  });

  test("takes states and times", async () => {
    const { ids } = directoryOf(fakeIndex(summary("a"), summary("b", { state: "closed", lastEventAtMs: 5 })));
    expect(await ids("state=closed&state=expired")).toEqual(["b"]);
    expect(await ids(`since=${String(nowMs - 2 * minuteMs)}`)).toEqual(["a"]);
    expect(await ids("until=5")).toEqual([]);
  });

  test.each(["state=none", "since=x", "until=-1", `q=${"x".repeat(201)}`])("%s is refused by a rule", (query) => {
    expect(readQuery(new URLSearchParams(query))).toHaveProperty("rule");
  });
});

describe("the list of channels", () => {
  test("takes in what is written later, once it is asked again", async () => {
    const fake = fakeIndex(waiting("a", 60));
    const { ids, clock } = directoryOf(fake);
    expect(await ids("state=awaitingAck")).toEqual(["a"]);
    fake.write(summary("a"));
    fake.write(summary("b"));
    clock.nowMs += 1_000;
    await ids();
    await expect.poll(() => ids("state=settled")).toHaveLength(2);
    expect(await ids("state=awaitingAck")).toEqual([]);
  });

  test("keeps what it has while the index cannot be read, says so, and recovers", async () => {
    const fake = fakeIndex(summary("a"));
    const { directory, clock } = directoryOf(fake);
    expect(await directory.state()).toMatchObject({ trouble: null, isReading: false });
    fake.fail(new Error("the broker is away"));
    clock.nowMs += 1_000;
    await directory.state();
    await expect.poll(() => directory.state()).toMatchObject({ trouble: "the broker is away" });
    expect((await directory.state()).channels).toHaveLength(1);
    fake.fail(null);
    clock.nowMs += 1_000;
    await directory.state();
    await expect.poll(() => directory.state()).toMatchObject({ trouble: null });
  });

  test("has a first screen as soon as there is one, however long the reading takes", async () => {
    const never = new Promise<never>(() => undefined);
    const known = Array.from({ length: 100 }, (_, i) => summary(`c${String(i)}`));
    const { directory } = directoryOf({
      ...fakeIndex(),
      index: {
        catchUp: () => never,
        async *changes() {
          for (const [i, each] of known.entries()) yield { summary: each, revision: i + 1 };
          await never;
        },
      },
    });
    const pauses = vi.spyOn(globalThis, "setTimeout").mockImplementation(() => ({ unref: () => undefined }) as never);
    try {
      expect(await directory.state()).toMatchObject({ channels: { length: 100 }, isReading: true });
    } finally {
      pauses.mockRestore();
      directory.close();
    }
  });

  test("begins to be read when its page is opened", async () => {
    const fake = fakeIndex(summary("a"));
    const { directory } = directoryOf(fake);
    const changes = vi.spyOn(fake.index, "changes");
    directory.prepare();
    expect(changes).toHaveBeenCalledOnce();
    expect((await directory.state()).channels).toHaveLength(1);
    directory.close();
  });

  test("is bounded: what was written longest ago goes", async () => {
    const fake = fakeIndex(summary("a"), summary("b"), summary("a"), summary("c"));
    const { ids } = directoryOf(fake, { maxChannels: 2 });
    expect((await ids()).toSorted()).toEqual(["a", "c"]);
  });
});
