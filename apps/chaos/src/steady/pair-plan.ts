import type { PairPlan } from "./payment-pair.ts";

/** Four pairs in a row begin at all four combinations of two edges. `edges`: `ws://host:port`. */
export function planPair(name: string, index: number, edges: readonly string[], thinkMs: number): PairPlan {
  const channelId = `${name}-${String(index)}`;
  const urlsFrom = (first: number): string[] =>
    edges.map((_, offset) => `${edges[(first + offset) % edges.length] ?? ""}/ws/${channelId}`);
  return { channelId, merchantUrls: urlsFrom(index), customerUrls: urlsFrom(index >> 1), thinkMs };
}
