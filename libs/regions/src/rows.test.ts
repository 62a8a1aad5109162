import { describe, expect, test } from "vitest";
import { writtenSubject, homeSubjects } from "./epoch-subject.ts";
import { homeRegionOf } from "./home-of.ts";
import { Lease, outwaitMsOf } from "./lease.ts";
import { classInForce, currentRow, readRow, sameRow, type RegionRow } from "./region-row.ts";

const row = (change: Partial<RegionRow> = {}): RegionRow => ({
  region: "eu",
  epoch: 1,
  turn: 0,
  home: "a",
  copies: ["b"],
  joining: [],
  class: "async",
  ...change,
});

describe("the row in force", () => {
  test("is the highest epoch, then the highest turn, whichever site has it", () => {
    expect(currentRow([row(), row({ epoch: 2, home: "b" }), row({ turn: 9 })])?.home).toBe("b");
    expect(currentRow([row(), row({ turn: 1, class: "sync" }), null])?.class).toBe("sync");
  });

  test("of two operators' rows of one epoch is that at more sites, and none where they are equal", () => {
    const [to_b, to_c] = [row({ epoch: 2, home: "b" }), row({ epoch: 2, home: "c" })];
    expect(currentRow([to_b, to_c, to_b])?.home).toBe("b");
    expect(currentRow([to_b, to_c])).toBeNull();
  });

  test("is nothing where no site has one", () => expect(currentRow([null, null])).toBeNull());

  test("promises nothing without a copy", () => {
    expect([classInForce(row({ class: "sync" })), classInForce(row({ class: "sync", copies: [] }))]).toEqual([
      "sync",
      "none",
    ]);
  });
});

test("a stored row is read as it was written, and what is none is not read", () => {
  expect(readRow(JSON.stringify(row({ turn: 3 })))).toEqual(row({ turn: 3 }));
  const bad = [
    { epoch: 0 },
    { epoch: 1.5 },
    { home: "A b" },
    { copies: [1] },
    { joining: "b" },
    { class: "best" },
    { turn: -1 },
  ];
  expect(bad.map((change) => readRow(JSON.stringify({ ...row(), ...change })))).toEqual(bad.map(() => null));
  expect(["", "null", "[]", "1"].map(readRow)).toEqual([null, null, null, null]);
  expect([sameRow(row(), row()), sameRow(row(), row({ copies: [] })), sameRow(null, row())]).toEqual([
    true,
    false,
    false,
  ]);
});

describe("a channel's region", () => {
  const ask = (channelId: string, host?: string) =>
    homeRegionOf({ channelId, host, regions: ["eu", "us-east"], fallback: "eu" });

  test("is its id's prefix where that is a region", () => {
    expect([ask("us-east_7f", "eu.pay.example"), ask("inv_7f"), ask("_us-east")]).toEqual(["us-east", "eu", "eu"]);
  });

  test("else the first label of the host, else the node's own", () => {
    expect([ask("7f", "US-EAST.pay.example:443"), ask("7f", "pay.example"), ask("7f")]).toEqual([
      "us-east",
      "eu",
      "eu",
    ]);
  });
});

describe("a lease", () => {
  const lease = () => new Lease({ sites: ["a", "b", "c"], own: "a", leaseMs: 4_000 });
  const at = (epoch: number, home = "a") => ({ epoch, home });

  test("holds while a majority confirmed the epoch, counted from the question of the one that makes it so", () => {
    const held = lease();
    held.hear("a", at(1), 1_000);
    expect(held.leftMs(1, 1_000)).toBe(0);
    held.hear("b", at(1), 500);
    expect([held.leftMs(1, 1_000), held.leftMs(1, 4_499), held.leftMs(1, 4_500)]).toEqual([3_500, 1, 0]);
  });

  test("is not made longer by an answer that comes late, nor by a site that is not of the deployment", () => {
    const held = lease();
    held.hear("a", at(1), 1_000);
    held.hear("b", at(1), 900);
    held.hear("b", at(1), 100);
    held.hear("x", at(1), 5_000);
    expect(held.leftMs(1, 1_000)).toBe(3_900);
  });

  test("is over for an epoch at once when a majority knows a later home, and a site never goes back", () => {
    const held = lease();
    for (const site of ["a", "b", "c"]) held.hear(site, at(1), 0);
    held.hear("b", at(2, "b"), 10);
    expect([held.leftMs(1, 20), held.deposedBy(1)]).toEqual([3_980, null]);
    held.hear("c", at(2, "b"), 10);
    held.hear("c", at(1), 20);
    expect([held.leftMs(1, 20), held.deposedBy(1)]).toEqual([0, 2]);
  });

  test("of an epoch that another site has too is not held: of two operators one has lost", () => {
    const held = lease();
    for (const site of ["b", "c"]) held.hear(site, at(2, "b"), 0);
    expect([held.leftMs(2, 0), held.deposedBy(2)]).toEqual([0, 2]);
  });

  test("holds for a new home before the tables name it", () => {
    const held = lease();
    for (const site of ["a", "b"]) held.hear(site, at(1, "c"), 0);
    expect([held.leftMs(2, 0), held.deposedBy(2)]).toEqual([4_000, null]);
  });

  test("is not confirmed by an empty table, and not asked for before the region has one", () => {
    const held = lease();
    held.hear("b", null, 0);
    held.hear("a", at(1), 0);
    expect(held.leftMs(1, 0)).toBe(0);
    const unset = lease();
    expect(unset.leftMs(1, 0)).toBe(0);
    unset.hear("a", null, 0);
    expect(unset.leftMs(1, 0)).toBe(Infinity);
    unset.hear("b", null, 0);
    expect([unset.confirmedMs(0, 0), unset.confirmedMs(1, 0)]).toEqual([4_000, 0]);
  });

  test("is off with two sites, where the other one's word alone deposes a home", () => {
    const two = new Lease({ sites: ["a", "b"], own: "a", leaseMs: 4_000 });
    expect([two.leftMs(1, 9e9), two.confirmedMs(1, 0), two.deposedBy(1)]).toEqual([Infinity, 0, null]);
    two.hear("a", at(1), 0);
    two.hear("b", at(1), 0);
    expect(two.confirmedMs(1, 0)).toBe(4_000);
    two.hear("b", at(2, "b"), 0);
    expect([two.confirmedMs(1, 0), two.deposedBy(1)]).toEqual([0, 2]);
    expect([outwaitMsOf(2), outwaitMsOf(3)]).toEqual([0, 6_000]);
  });
});

test("a writer's subject bears its epoch and is stored under the one without", () => {
  const shard = { region: "eu", shard: 3 };
  expect(writtenSubject(shard, 7, "inv1")).toBe("p4.eu.3.write.7.inv1");
  expect(writtenSubject(shard, 0, "inv1")).toBe("p4.eu.3.event.inv1");
  expect(homeSubjects(shard, 7)).toEqual({
    subjects: ["p4.eu.3.write.7.*"],
    subject_transform: { src: "p4.eu.3.write.7.*", dest: "p4.eu.3.event.{{wildcard(1)}}" },
  });
});
