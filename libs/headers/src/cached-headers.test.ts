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

it("asks again when a remembered answer will not do, once for all who ask at the same time", async () => {
  let asked = 0;
  let kind: "confirmed" | "unknown" = "confirmed";
  const cached = cachedHeaders({ lookup: async () => ({ kind: (asked++, kind) }) }, () => 0);
  const claim = { merkleRoot: "ab".repeat(32), blockHeight: 1 };
  await cached.lookup(claim);
  kind = "unknown";
  expect(await cached.lookup(claim)).toEqual({ kind: "confirmed" });
  const fresh = await Promise.all([cached.lookup(claim, { fresh: true }), cached.lookup(claim, { fresh: true })]);
  expect(fresh).toEqual([{ kind: "unknown" }, { kind: "unknown" }]);
  expect(await cached.lookup(claim)).toEqual({ kind: "unknown" });
  expect(asked).toBe(2);
});
