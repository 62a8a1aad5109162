import { describe, expect, it } from "vitest";
import { aloneAtMost, batchAtMost, batchAtMostBytes, batchFrom, fitIntoBatch, nextCommit } from "./group-commit.ts";

const small = (count: number) => Array.from({ length: count }, () => ({ message: { bytes: new Uint8Array(100) } }));
const large = { message: { bytes: new Uint8Array(batchAtMostBytes) } };
const waiting = (count: number) => ({ waiting: count, batchable: fitIntoBatch(small(count)) });
const idle = { ...waiting(1), aloneUnderWay: 0, batchUnderWay: false, aloneFirst: 0 };
const busy = { ...idle, aloneUnderWay: aloneAtMost };

describe("what leaves next", () => {
  it("is sent at once to a stream with room", () => {
    expect(nextCommit(idle, "adaptive")).toEqual({ as: "alone", appends: 1 });
    expect(nextCommit({ ...idle, ...waiting(3), aloneUnderWay: aloneAtMost - 2 }, "adaptive").appends).toBe(2);
  });

  it("waits while the stream is busy, and leaves as a batch once that pays", () => {
    expect(nextCommit({ ...busy, ...waiting(batchFrom - 1) }, "adaptive").appends).toBe(0);
    expect(nextCommit({ ...busy, ...waiting(batchFrom) }, "adaptive")).toEqual({ as: "batch", appends: batchFrom });
    expect(nextCommit({ ...busy, ...waiting(2_000) }, "adaptive")).toEqual({ as: "batch", appends: batchAtMost });
  });

  it("waits for the batch that is under way", () => {
    expect(nextCommit({ ...idle, ...waiting(500), batchUnderWay: true }, "adaptive").appends).toBe(0);
  });

  it("goes alone where it is large: a batch of megabytes would hold up the stream", () => {
    expect(fitIntoBatch([large, ...small(100)])).toBe(1);
    expect(fitIntoBatch([...small(40), large])).toBe(40);
    expect(nextCommit({ ...idle, waiting: 101, batchable: 1 }, "adaptive")).toEqual({
      as: "alone",
      appends: aloneAtMost,
    });
  });

  it("goes alone for a while after a refused batch", () => {
    const refused = { ...idle, ...waiting(100), aloneFirst: 1 };
    expect(nextCommit(refused, "adaptive")).toEqual({ as: "alone", appends: aloneAtMost });
    expect(nextCommit({ ...refused, aloneFirst: 0 }, "adaptive").as).toBe("batch");
  });

  it("is a batch even of one, or never, where one is forced", () => {
    expect(nextCommit(idle, "always")).toEqual({ as: "batch", appends: 1 });
    expect(nextCommit({ ...busy, ...waiting(500) }, "never")).toEqual({ as: "alone", appends: 500 });
  });
});
