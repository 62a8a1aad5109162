import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { HttpRequest, HttpResponse } from "@p4/http";
import type { BlockClaim } from "@p4/spv";
import { expect, onTestFinished, test } from "vitest";
import { tryRoutes } from "./try-routes.ts";

const root = "ab".repeat(32);
const address = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";

type Ask = (path: string, body: unknown, headers?: Record<string, string>) => Promise<HttpResponse>;

function routes(asked: BlockClaim[] = [], paydUrl: string | null = null): Ask {
  const headers = {
    lookup: (claim: BlockClaim) => {
      asked.push(claim);
      return Promise.resolve({ kind: "confirmed" as const, blockHeight: 7 });
    },
  };
  const all = tryRoutes({ minerUrl: "http://127.0.0.1:1", headers, paydUrl, nowMs: () => 0 });
  return async (path, body, sent = {}) => {
    const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
    const named = new Map(Object.entries({ host: "127.0.0.1:8445", ...sent }));
    const request = { body: bytes, headers: named, remoteAddress: "127.0.0.1" } as unknown as HttpRequest;
    return (await all.find((route) => route.path === path)?.handle(request)) ?? { status: 404 };
  };
}

test.each([
  ["/try/coins", { satoshis: 5 }, /^address: /],
  ["/try/coins", { address: "http://evil.example", satoshis: 5 }, /^address: /],
  ["/try/coins", { address, satoshis: 0 }, /^satoshis: /],
  ["/try/coins", { address, satoshis: 1e12 }, /^satoshis: /],
  ["/try/coins", "no json", /^address: /],
  ["/try/invoice", {}, /^invoice: /],
  ["/try/invoice", { invoice: "../keys" }, /^invoice: /],
  ["/try/invoice", { invoice: "x".repeat(65) }, /^invoice: /],
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

test.each(["/try/coins", "/try/block", "/try/invoice"])("%s answers no page of another origin", async (path) => {
  const ask = routes();
  for (const origin of ["https://evil.example", "http://127.0.0.1:9999", "null"]) {
    expect((await ask(path, {}, { origin })).status, origin).toBe(403);
  }
  expect((await ask(path, {}, { origin: "http://127.0.0.1:8445" })).status).toBe(400);
});

/** As payd answers about its invoices. */
async function shop(answers: Readonly<Record<string, readonly [status: number, body: string]>>): Promise<string> {
  const server = createServer(({ url = "", headers }, response) => {
    const [status, body] = answers[url] ?? [404, "{}"];
    response.statusCode = headers.accept === "application/json" ? status : 406;
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const told = ({ status, body }: HttpResponse) => [status, JSON.parse(String(body)) as object];

test("an invoice of the shop beside this server has its payment link, and nothing else of it is told", async () => {
  const paymentUrl = "ws://127.0.0.1:8445/ws/abc?token=t";
  const ask = routes([], await shop({ "/i/abc": [200, JSON.stringify({ id: "abc", paymentUrl, memo: "tea" })] }));
  expect(told(await ask("/try/invoice", { invoice: "abc" }))).toEqual([200, { paymentUrl }]);
});

test.each([
  ["is unknown to the shop", "none", 404, "has no invoice none. If the page is of another server, copy"],
  ["has no answer that can be read", "odd", 503, "does not answer"],
  ["meets trouble at the shop", "away", 503, "does not answer"],
])("an invoice that %s: it is said what to do", async (_case, invoice, status, words) => {
  const ask = routes([], await shop({ "/i/odd": [200, "<html>"], "/i/away": [503, "{}"] }));
  expect(told(await ask("/try/invoice", { invoice }))).toMatchObject([
    status,
    { detail: expect.stringContaining(words) },
  ]);
});

test("without a shop beside it the server knows no checkout pages, and says what to paste", async () => {
  const answer = told(await routes()("/try/invoice", { invoice: "abc" }));
  expect(answer).toMatchObject([404, { detail: expect.stringContaining("No shop runs beside this server") }]);
});

test("what the test wallet loads is at most 140 kB, compressed: the keys and transactions of Bitcoin take 100 of them", () => {
  const script = readFileSync(join(import.meta.dirname, "../../dist/browser/try.js"));
  expect(gzipSync(script).length).toBeLessThan(140_000);
});
