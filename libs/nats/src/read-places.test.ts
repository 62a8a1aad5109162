import { describe, expect, it } from "vitest";
import { ReadPlaces } from "./read-places.ts";

const limits = { maxPayloadBytes: 2_097_152, requestTimeoutMs: 60_000 };

/** Asks until no more begin, and answers none. */
async function begunAtOnce(places: ReadPlaces, size: "first" | "full"): Promise<number> {
  let begun = 0;
  for (let i = 0; i < 1_000; i++) {
    void places[size](() => {
      begun++;
      return new Promise(() => undefined);
    });
  }
  await Promise.resolve();
  return begun;
}

describe("the reads of one connection", () => {
  it("bring together less than the broker lets wait for it, one message more for each page included", async () => {
    const places = new ReadPlaces(limits);
    const [first, full] = [await begunAtOnce(places, "first"), await begunAtOnce(places, "full")];
    const overBytes = limits.maxPayloadBytes / 2;
    const most = first * (places.pageBytes("first") + overBytes) + full * (places.pageBytes("full") + overBytes);
    expect(most).toBeLessThan(50_000_000);
    expect(Math.min(first, full)).toBeGreaterThan(4);
  });

  it("of a small channel wait for none of the large ones", async () => {
    const places = new ReadPlaces(limits);
    await begunAtOnce(places, "full");
    expect(await places.first(() => Promise.resolve("read"))).toBe("read");
  });

  it("have a place also where one message may be larger than all that is let through at once", async () => {
    const places = new ReadPlaces({ ...limits, maxPayloadBytes: 64_000_000 });
    expect([await begunAtOnce(places, "first"), await begunAtOnce(places, "full")]).toEqual([1, 1]);
  });
});
