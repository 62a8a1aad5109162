import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shardOf } from "./shard-of.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

describe("shardOf", () => {
  // The published FNV-1a values: a change would look for channels in the wrong stream.
  it("is FNV-1a", () => {
    expect(shardOf("", 2 ** 32)).toBe(0x811c9dc5);
    expect(shardOf("a", 2 ** 32)).toBe(0xe40c292c);
    expect(shardOf("foobar", 2 ** 32)).toBe(0xbf9cf968);
  });

  it("stays within the shards", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (id, shards) => {
        expect(shardOf(id, shards)).toBeGreaterThanOrEqual(0);
        expect(shardOf(id, shards)).toBeLessThan(shards);
      }),
    );
  });

  it("spreads channels", () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 8_000; i++) {
      const shard = shardOf(`channel-${i}`, 8);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(count).toBeGreaterThan(800);
  });
});
