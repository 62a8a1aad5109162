import type { RegionRow, StreamRole } from "@p4/regions";
import { openedAtMs, paymentTxid } from "@p4/channel/testing";
import { sha256Hex } from "@p4/node-crypto";
import { describe, expect, test } from "vitest";
import { customerFrames, merchantFrames, paidLog, walletRecords } from "../checker/test-support.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import { checkRegions } from "./check-regions.ts";
import type { RegionHistory, ShardEvent, Sighting, TailEvent } from "./region-history.ts";

const limits = { lateAfterMs: 60_000, expiryGraceMs: 60_000 };
const sites = ["a", "b", "c"];
const paid: readonly ShardEvent[] = paidLog.map((event) => ({ ...event, shard: 0 }));
/** The payment at 50 is asked and offered before; it and its acceptance at 60 are what the deposed home had alone. */
const forkAt = 40;
const before = paid.filter(({ streamVersion }) => streamVersion <= forkAt);
const tail: readonly TailEvent[] = paid
  .filter(({ streamVersion }) => streamVersion > forkAt && streamVersion <= 60)
  .map((event) => ({ ...event, channelId: "inv1", site: "a", epoch: 2 }));

const row = (epoch: number, home: string, copies: readonly string[]): RegionRow => ({
  region: "local",
  epoch,
  turn: 0,
  home,
  copies,
  joining: [],
  class: "async",
});
const home = (epoch: number): StreamRole => ({ kind: "home", epoch, forks: [] });
const copyOf = (of: string): StreamRole => ({ kind: "copy", of, epoch: 1, ageMs: 10 });
function sighting(held: RegionRow, roles: Readonly<Record<string, StreamRole>>): Sighting {
  return { atMs: 0, sites: sites.map((site) => ({ site, row: held, logs: [roles[site] ?? copyOf(held.home)] })) };
}
const atA = sighting(row(1, "a", ["b", "c"]), { a: home(1) });
const atB = sighting(row(2, "b", []), { b: home(2) });
const returned = sighting(row(2, "b", ["a"]), { b: home(2) });

const outcome: WalletRecord = {
  kind: "outcome",
  channelId: "inv1",
  txid: paymentTxid,
  outcome: "accepted",
  atMs: 7_000,
};
const records = [...walletRecords("merchant", merchantFrames), ...walletRecords("customer", customerFrames), outcome];
const other: ShardEvent = { ...(paid[0] as ShardEvent), streamVersion: 41, storedAtMs: openedAtMs + 20_000 };

/** The home a was killed and given up: its last two events of one channel are in the files alone. */
function givenUp(changes: Partial<RegionHistory> = {}): RegionHistory {
  return {
    log: new Map([
      ["inv1", before],
      ["inv2", [other]],
    ]),
    records,
    readAtMs: openedAtMs + 21_000,
    class: "async",
    leaseMs: 4_000,
    sites,
    forks: [[{ epoch: 2, sequence: forkAt }]],
    sightings: [atA, atB, returned],
    begins: [{ epoch: 2, by: "failover" }],
    tails: tail,
    isolations: [],
    copies: new Map(),
    siteOfEdge: new Map([["edge", "a"]]),
    notWhole: [],
    ...changes,
  };
}

const found = (changes: Partial<RegionHistory> = {}): string[] => [
  ...new Set(checkRegions(givenUp(changes), limits, sha256Hex).map(({ code }) => code)),
];

describe("what a home that was given up had alone", () => {
  test("may be missing when return has written it down", () => {
    expect(found()).toEqual([]);
  });

  test("is lost when it is in no file, and what hangs on it too", () => {
    expect(found({ tails: [] })).toEqual(
      expect.arrayContaining(["LOST_ACKNOWLEDGED", "LOST_DELIVERED", "OUTCOMES_DIFFER"]),
    );
  });

  test("is lost as far as the file leaves it out", () => {
    const codes = found({ tails: tail.filter(({ streamVersion }) => streamVersion !== 60) });
    expect(codes).toEqual(expect.arrayContaining(["LOST_ACKNOWLEDGED", "OUTCOMES_DIFFER"]));
  });

  test("counts together with what came before it", () => {
    const early = paid.filter(({ streamVersion }) => streamVersion <= 50);
    const log = new Map([
      ["inv1", early],
      ["inv2", [{ ...other, streamVersion: 51 }]],
    ]);
    const last = tail.filter(({ streamVersion }) => streamVersion === 60);
    expect(found({ log, tails: last, forks: [[{ epoch: 2, sequence: 50 }]] })).toEqual([]);
  });

  test("is lost in the class sync, file or not", () => {
    expect(found({ class: "sync" })).toEqual(expect.arrayContaining(["LOST_ACKNOWLEDGED", "OUTCOMES_DIFFER"]));
  });

  test("is lost where the home was moved, and must not be there at all", () => {
    const codes = found({ begins: [{ epoch: 2, by: "switch" }] });
    expect(codes).toEqual(expect.arrayContaining(["LOST_ACKNOWLEDGED", "TAIL_WITHOUT_FAILOVER"]));
  });

  test("of an earlier epoch is judged by what ended that epoch", () => {
    const sightings = [atA, atB, sighting(row(3, "c", ["b"]), { c: home(3) })];
    const later = tail.map((event) => ({ ...event, epoch: 3 }));
    const begins = [{ epoch: 2, by: "failover" } as const, { epoch: 3, by: "switch" } as const];
    expect(found({ sightings, tails: later, begins })).toEqual([]);
    expect(found({ sightings, tails: later, begins: begins.map(({ epoch }) => ({ epoch, by: "switch" })) })).toContain(
      "TAIL_WITHOUT_FAILOVER",
    );
  });

  test("excuses no other channel, and nothing that is stored twice", () => {
    const again = { ...(before.at(-1) as ShardEvent), streamVersion: 42 };
    expect(found({ log: new Map([["inv1", [...before, again]]]) })).toContain("STORED_TWICE");
    const elsewhere = tail.map((event) => ({ ...event, channelId: "inv9" }));
    expect(found({ tails: elsewhere })).toContain("LOST_ACKNOWLEDGED");
  });
});

describe("the lease of a home that is cut off", () => {
  const cut = (fromMs: number, untilMs: number) => ({ isolations: [{ site: "a", fromMs, untilMs }] });
  // Its events at 50 and 60 are stored and acknowledged 4 and 5 s after the first.
  const paidAtMs = openedAtMs + 4_000;

  test("covers what it stores for four seconds", () => {
    expect(found(cut(paidAtMs - 2_999, openedAtMs + 60_000))).toEqual([]);
  });

  test("covers nothing later", () => {
    expect(found(cut(paidAtMs - 3_500, openedAtMs + 60_000))).toEqual(["ACKNOWLEDGED_AFTER_LEASE"]);
  });

  test("is of no concern to another site, nor when it heard of the others again before", () => {
    const isolations = [{ site: "b", fromMs: openedAtMs - 10_000, untilMs: Infinity }];
    expect(found({ isolations })).toEqual([]);
    expect(found(cut(openedAtMs - 10_000, openedAtMs + 1))).toEqual([]);
  });

  test("is over for what it had before, when it tells of that again", () => {
    const repeated = walletRecords("merchant", [["receipt", "offer", 40]]).map((record) =>
      record.kind === "frame" && record.key === "receipt" ? { ...record, atMs: openedAtMs + 15_000 } : record,
    );
    expect(found({ ...cut(openedAtMs + 8_000, openedAtMs + 60_000), records: repeated })).toEqual([]);
  });
});

describe("homes", () => {
  test("two of one epoch, by the tables of a majority or by streams that take writes", () => {
    expect(found({ sightings: [atA, atB, sighting(row(2, "c", []), { c: home(3) })] })).toEqual(["TWO_HOMES"]);
    expect(found({ sightings: [atA, sighting(row(2, "b", []), { b: home(2), c: home(2) })] })).toEqual(["TWO_HOMES"]);
  });

  test("a table at one site alone is of no force", () => {
    const [first, ...rest] = atB.sites;
    const lonely = { atMs: 1, sites: [{ ...first, site: "a", row: row(2, "c", []), logs: [] }, ...rest] };
    expect(found({ sightings: [atA, atB, lonely] })).toEqual([]);
  });

  test("the old one acknowledges when the new one has stored already", () => {
    const early = { ...other, storedAtMs: openedAtMs + 4_500 };
    const log = new Map([
      ["inv1", before],
      ["inv2", [early]],
    ]);
    expect(found({ log })).toEqual(["TWO_HOMES"]);
    expect(found({ log, siteOfEdge: new Map([["edge", "b"]]) })).toEqual([]);
  });
});

describe("a copy", () => {
  const logOfHome = givenUp().log;

  test("is the home's log, as far as it has come", () => {
    const behind = new Map([["inv1", before]]);
    expect(
      found({
        copies: new Map([
          ["a", logOfHome],
          ["c", behind],
        ] as const),
      }),
    ).toEqual([]);
  });

  test("that has kept its tail, or lacks an event, differs", () => {
    const kept = new Map([["inv1", [...before, ...tail]]]);
    expect(found({ copies: new Map([["a", kept]]) })).toEqual(["COPY_DIFFERS"]);
    const more = new Map([...logOfHome, ["inv1", [...before, ...tail]]]);
    expect(found({ copies: new Map([["a", more]]) })).toEqual(["COPY_DIFFERS"]);
    const holed = new Map([
      ["inv1", before.slice(0, 1)],
      ["inv2", [other]],
    ] as const);
    expect(found({ copies: new Map([["a", holed]]) })).toEqual(["COPY_DIFFERS"]);
  });
});

test("a region that the runbook does not bring together is told of", () => {
  expect(found({ notWhole: ["a: P4_CHANNELS_local_0 is fenced for epoch 2"] })).toEqual(["NOT_WHOLE"]);
});
