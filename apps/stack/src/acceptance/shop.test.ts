import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@p4/nats-server/testing";
import { verifyWebhook } from "@p4/node-crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";
import { freePorts, readState, StackProcess, testDir } from "../test-support/stack-process.ts";

/**
 * A shop's script with an API key, over HTTP alone, while payd is killed three times and the receiver of its webhooks fails every other
 * time. At full size: SHOP_INVOICES=50.
 */
const size = Number(process.env["SHOP_INVOICES"] ?? "8");
const paidCount = Math.floor(size * 0.8);
const patience = { timeout: 40_000 + size * 2_000, interval: 50 };

const dir = testDir(afterAll);
const paydMain = join(import.meta.dirname, "..", "..", "..", "payd", "dist", "main.js");
let stack: StackProcess;
let receiver: Server;
let receiverUrl: string;
let payd: ChildProcess;
let paydEnv: Record<string, string>;
let paydUrl: string;
let minerUrl: string;
let key: string;
/** The end of payd's log. */
let said = "";

interface Told {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly invoice: { readonly id: string };
}
interface Delivered extends Told {
  readonly body: string;
  readonly signature: string;
  readonly taken: boolean;
}
const heard: Delivered[] = [];

interface Invoice {
  readonly id: string;
  readonly status: string;
  readonly orderId: string;
  readonly paymentUrl: string;
}

beforeAll(async () => {
  const dataDir = join(dir, "data");
  const apps = "edge,proof-ingest,expiry,miner";
  stack = new StackProcess([], { ...freePorts, P4_DATA_DIR: dataDir, P4_DEMO: "off", P4_APPS: apps });
  const tries = new Map<string, number>();
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      const told = JSON.parse(body) as Told;
      const attempt = (tries.get(told.id) ?? 0) + 1;
      tries.set(told.id, attempt);
      const taken = attempt % 2 === 0;
      heard.push({ ...told, body, signature: String(request.headers["p4-signature"]), taken });
      response.writeHead(taken ? 200 : 500).end();
    });
  }).listen(0, "127.0.0.1");
  await Promise.all([stack.printed("Serving."), once(receiver, "listening")]);
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`;
  const paydPort = await freePort();
  const { natsUrl, endpoints } = await readState(dataDir);
  const urlOf = (app: string): string => {
    const url = String(endpoints.find((one) => one.app === app)?.url);
    return new URL(url.replaceAll(/<.*$/g, "").replace(/^ws/, "http")).origin;
  };
  minerUrl = urlOf("miner");
  paydUrl = `http://127.0.0.1:${paydPort}`;
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith("P4_"));
  const paydDir = join(dir, "payd");
  for (const folder of ["payd", "secrets"]) await mkdir(join(paydDir, folder), { recursive: true });
  await writeFile(join(paydDir, "secrets", "payd-passphrase"), "correct horse battery", { mode: 0o600 });
  await writeFile(join(paydDir, "payd", "webhook-allow"), "127.0.0.1\n");
  paydEnv = {
    ...(Object.fromEntries(outer) as Record<string, string>),
    P4_NATS_URL: natsUrl,
    P4_NATS_CREDENTIALS: join(dataDir, "nats.nk"),
    P4_DATA_DIR: paydDir,
    P4_PAYD_PORT: String(paydPort),
    P4_PUBLIC_URL: urlOf("edge"),
    P4_MINER_URL: minerUrl,
    P4_HEADER_SOURCE: `miner:${minerUrl}`,
    P4_LOG_LEVEL: "warn",
  };
  startPayd();
  await vi.waitFor(async () => expect(await statusOf("/readyz"), said).toBe(200), patience);
  const scopes = "invoices:read,invoices:write,refunds:write,webhooks:write,wallet:read";
  const made = await runP4(["api-key", "new", "shop", "--scope", scopes, "--json"], { P4_DATA_DIR: dataDir });
  key = String(made.json()["key"]);
}, 120_000);

afterAll(async () => {
  payd.kill("SIGKILL");
  receiver.closeAllConnections();
  receiver.close();
  await stack.end();
});

const statusOf = (path: string): Promise<number> =>
  fetch(paydUrl + path).then(
    ({ status }) => status,
    () => 0,
  );

function startPayd(): void {
  payd = spawn(process.execPath, [paydMain], { env: paydEnv, stdio: ["ignore", "ignore", "pipe"] });
  payd.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4_000)));
}

async function killPayd(): Promise<void> {
  const gone = once(payd, "exit");
  payd.kill("SIGKILL");
  await gone;
  startPayd();
}

/** As a shop does it: while payd is away, once more with the same Idempotency-Key. */
async function ask<Answer>(method: string, path: string, body?: object, once?: string): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(once !== undefined && { "idempotency-key": once }),
  };
  for (;;) {
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(paydUrl + path, init).catch(() => null);
    const answer = response === null || response.status === 503 ? null : await response.text().catch(() => null);
    if (response === null || answer === null) {
      await delay(100);
      continue;
    }
    expect(response.ok, `${method} ${path}: ${response.status} ${answer}`).toBe(true);
    return (answer.startsWith("{") || answer.startsWith("[") ? JSON.parse(answer) : answer) as Answer;
  }
}

/** All pages of the list. */
async function list(query: string): Promise<Invoice[]> {
  const found: Invoice[] = [];
  for (let path: string | undefined = `/api/v1/invoices?limit=7&${query}`; path !== undefined;) {
    const response: Response = await fetch(paydUrl + path, { headers: { authorization: `Bearer ${key}` } });
    found.push(...((await response.json()) as Invoice[]));
    path = /^<([^>]+)>/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return found;
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

it(
  `serves a shop of ${size} invoices while it is killed three times`,
  { timeout: 180_000 + size * 10_000 },
  async () => {
    expect((await fetch(`${paydUrl}/api/v1/invoices`)).status).toBe(401);
    const { id: webhookId, secret } = await ask<{ id: string; secret: string }>("POST", "/api/v1/webhooks", {
      url: receiverUrl,
    });

    const orders = Array.from({ length: size }, (_, i) => ({ satoshis: 2_000 + i, orderId: `order-${i}` }));
    let kill = Promise.resolve();
    const invoices: Invoice[] = [];
    let asked = 0;
    await inTurns(orders, async (order) => {
      asked += 1;
      if (asked === Math.floor(size / 2)) kill = killPayd();
      invoices.push(await ask<Invoice>("POST", "/api/v1/invoices", order, order.orderId));
    });
    await kill;
    const listed = await list("");
    expect(listed.map(({ orderId }) => orderId).sort()).toEqual(orders.map(({ orderId }) => orderId).sort());
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(invoices.map(({ id }) => id)));

    const toPay = invoices.slice(0, paidCount);
    let paid = 0;
    await inTurns(toPay, async ({ id, paymentUrl }) => {
      // One that was made while payd died may have no merchant in its channel yet.
      await vi.waitFor(async () => {
        expect((await fetch(`${paydUrl}/connect/${id}`, { method: "POST" })).status).toBe(204);
      }, patience);
      const ran = await runP4(["pay", paymentUrl, "--faucet", minerUrl, "--no-wait-proof", "--json"], {});
      expect([ran.exitCode, ran.out]).toEqual([0, expect.stringContaining('"accepted":true')]);
      paid += 1;
      if (paid === Math.ceil(paidCount / 2)) kill = killPayd();
    });
    await kill;
    await vi.waitFor(async () => expect(await list("state=proved")).toHaveLength(paidCount), patience);

    const [first, second] = toPay;
    const refunds = [first, second].map((invoice, i) => {
      return ask("POST", `/api/v1/invoices/${invoice?.id}/refunds`, { satoshis: 500 + i }, `refund-${i}`);
    });
    kill = killPayd();
    await Promise.all([...refunds, kill]);
    const cancelled = invoices[paidCount];
    expect(await ask("POST", `/api/v1/invoices/${cancelled?.id}/cancel`)).toMatchObject({ status: "cancelled" });
    await vi.waitFor(async () => {
      for (const invoice of [first, second]) {
        expect(await ask(`GET`, `/api/v1/invoices/${invoice?.id}`)).toMatchObject({ refunds: [expect.anything()] });
      }
    }, patience);

    const lastOf = (id: string): string => {
      if (id === cancelled?.id) return "invoice.cancelled";
      if (id === first?.id || id === second?.id) return "invoice.refunded";
      return toPay.some((invoice) => invoice.id === id) ? "invoice.proved" : "invoice.created";
    };
    const takenOf = (id: string): Delivered[] => heard.filter(({ invoice, taken }) => taken && invoice.id === id);
    await vi.waitFor(() => {
      for (const { id } of invoices) expect(takenOf(id).at(-1)?.type).toBe(lastOf(id));
    }, patience);
    for (const { id } of invoices) {
      const sequences = [...new Set(takenOf(id).map(({ sequence }) => sequence))];
      // Each at least once and in order: none is taken before all before it.
      expect(sequences).toEqual(sequences.map((_, i) => i + 1));
      const seen = new Set([0]);
      for (const { sequence, taken } of heard.filter(({ invoice }) => invoice.id === id)) {
        expect(seen.has(sequence - 1)).toBe(true);
        if (taken) seen.add(sequence);
      }
    }
    for (const { body, signature } of heard)
      expect(verifyWebhook(secret, signature, body, Date.now(), 3_600_000)).toBe(true);
    expect(heard.filter(({ taken }) => !taken).length).toBeGreaterThan(heard.length / 3);
    const deliveries = await ask<object[]>("GET", `/api/v1/webhooks/${webhookId}/deliveries?invoiceId=${first?.id}`);
    expect(deliveries[0]).toMatchObject({
      delivered: expect.any(Boolean) as boolean,
      body: expect.any(String) as string,
    });

    const [head = "", ...rows] = (await ask<string>("GET", "/api/v1/export.csv")).trimEnd().split("\r\n");
    const sumOf = (column: string): number => {
      return rows.reduce((sum, row) => sum + Number(row.split(",")[head.split(",").indexOf(column)]), 0);
    };
    const askedOf = (some: readonly Invoice[]): number =>
      some.reduce((sum, { orderId }) => sum + (orders.find((order) => order.orderId === orderId)?.satoshis ?? 0), 0);
    expect(rows).toHaveLength(size);
    expect([sumOf("asked_satoshis"), sumOf("received_satoshis"), sumOf("refunded_satoshis")]).toEqual([
      askedOf(invoices),
      askedOf(toPay),
      1_001,
    ]);
    const { satoshis } = await ask<{ satoshis: number }>("GET", "/api/v1/wallet");
    expect(sumOf("net_satoshis")).toBe(satoshis);
  },
);
