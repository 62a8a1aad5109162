import type { BlockClaim, HeaderSource } from "@p4/spv";
import { expect, it } from "vitest";
import { cachedHeaders } from "./cached-headers.ts";

it("forgets the claims that were not asked about for longest", async () => {
  const asked: number[] = [];
  const source: HeaderSource = {
    lookup: async ({ blockHeight = -1 }) => {
      asked.push(blockHeight);
      return { kind: "confirmed" };
    },
  };
  const cached = cachedHeaders(source, () => 0);
  const claim = (blockHeight: number): BlockClaim => ({ merkleRoot: "ab".repeat(32), blockHeight });
  for (let height = 0; height < 4_096; height++) await cached.lookup(claim(height));
  await cached.lookup(claim(0));
  await cached.lookup(claim(5_000));
  asked.length = 0;
  await cached.lookup(claim(0));
  expect(asked).toEqual([]);
  await cached.lookup(claim(1));
  expect(asked).toEqual([1]);
});
