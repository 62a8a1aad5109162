import type { HttpRequest, HttpResponse } from "@p4/http";
import type { BlockClaim } from "@p4/spv";
import { expect, test } from "vitest";
import { tryRoutes } from "./try-routes.ts";

const root = "ab".repeat(32);
const address = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";

function routes(asked: BlockClaim[] = []) {
  const headers = {
    lookup: (claim: BlockClaim) => {
      asked.push(claim);
      return Promise.resolve({ kind: "confirmed" as const, blockHeight: 7 });
    },
  };
  const all = tryRoutes({ minerUrl: "http://127.0.0.1:1", headers, nowMs: () => 0 });
  return async (path: string, body: unknown): Promise<HttpResponse> => {
    const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
    const request = { body: bytes, remoteAddress: "127.0.0.1" } as unknown as HttpRequest;
    return (await all.find((route) => route.path === path)?.handle(request)) ?? { status: 404 };
  };
}

test.each([
  ["/try/coins", { satoshis: 5 }, /^address: /],
  ["/try/coins", { address: "http://evil.example", satoshis: 5 }, /^address: /],
  ["/try/coins", { address, satoshis: 0 }, /^satoshis: /],
  ["/try/coins", { address, satoshis: 1e12 }, /^satoshis: /],
  ["/try/coins", "no json", /^address: /],
  ["/try/block", { merkleRoot: "x" }, /^merkleRoot: /],
  ["/try/block", { merkleRoot: root, blockHash: 5 }, /^blockHash: /],
  ["/try/block", { merkleRoot: root, blockHeight: "7" }, /^blockHeight: /],
])("%s with %j is refused, and the member named", async (path, body, rule) => {
  const { status, body: text } = await routes()(path, body);
  expect(status).toBe(400);
  expect((JSON.parse(String(text)) as { detail: string }).detail).toMatch(rule);
});

test("a block is asked of the server's own source, with what the proof claims", async () => {
  const asked: BlockClaim[] = [];
  const { status, body } = await routes(asked)("/try/block", { merkleRoot: root, blockHeight: 7, more: true });
  expect([status, JSON.parse(String(body))]).toEqual([200, { kind: "confirmed", blockHeight: 7 }]);
  expect(asked).toEqual([{ merkleRoot: root, blockHeight: 7 }]);
});

test("a miner that is away is told as such, and an address gets a bounded number of coins", async () => {
  const ask = routes();
  const statuses: number[] = [];
  for (let count = 0; count < 21; count += 1) statuses.push((await ask("/try/coins", { address, satoshis: 5 })).status);
  expect(statuses).toEqual([...Array<number>(20).fill(503), 429]);
});
