import { ApiKeys, issueApiKey, revokeApiKey, type ApiKeyScope } from "@p4/app";
import { createInMemoryStore } from "@p4/event-store";
import { describe, expect, test } from "vitest";
import { type InvoiceView, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();
const order = { satoshis: 1_000, orderId: "A-17", metadata: { till: "3", "cost centre": "tea" } };

async function startWithKey(...scopes: ApiKeyScope[]) {
  const apiKeys = createInMemoryStore().documents("paydkeys");
  const { key, text } = issueApiKey("till", scopes, Date.now());
  const keys = new ApiKeys(apiKeys);
  await keys.add(key);
  await wallet.start({ apiKeys, keyAlwaysRequired: true });
  return { keys, key, text };
}

async function codeOf(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer;
  return [response.status, ((await response.json()) as { code: string }).code];
}

describe("API keys", () => {
  test("let in by their scopes; without one, with a wrong or a revoked one there is nothing", async () => {
    const { keys, key, text } = await startWithKey("invoices:write");
    const bearer = { authorization: `Bearer ${text}` };
    const created = await wallet.post("/api/v1/invoices", order, bearer);
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as InvoiceView;
    expect((await wallet.post("/api/v1/invoices", order, { authorization: `token ${text}` })).status).toBe(201);
    const read = (headers: Record<string, string>) => codeOf(fetch(`${wallet.url}/api/v1/invoices/${id}`, { headers }));
    expect(await read(bearer)).toEqual([403, "PAYD_API_KEY_SCOPE"]);
    expect(await read({})).toEqual([401, "PAYD_API_KEY_REQUIRED"]);
    expect(await read({ authorization: `Bearer ${text}x` })).toEqual([401, "PAYD_API_KEY_REFUSED"]);
    expect(await read({ authorization: "Basic dGlsbDo=" })).toEqual([401, "PAYD_API_KEY_REFUSED"]);
    const refused = await wallet.post("/api/v1/invoices", order);
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="payd"']);
    await keys.update(key.id, (stored) => revokeApiKey(stored, Date.now()));
    expect(await codeOf(wallet.post("/api/v1/invoices", order, bearer))).toEqual([401, "PAYD_API_KEY_REFUSED"]);
  });

  test("are asked of no customer and of no channel server, and the demo shop is closed without one", async () => {
    const { text } = await startWithKey("invoices:write");
    const created = await wallet.post("/api/v1/invoices", order, { authorization: `Bearer ${text}` });
    const { id } = (await created.json()) as InvoiceView;
    expect((await fetch(`${wallet.url}/i/${id}`)).status).toBe(200);
    expect((await wallet.post(`/connect/${id}`)).status).toBe(204);
    const form = {
      method: "POST",
      headers: { origin: wallet.url, "content-type": "application/x-www-form-urlencoded" },
    };
    expect((await fetch(`${wallet.url}/shop/orders`, form)).status).toBe(401);
  });

  test.each(["x-forwarded-for", "forwarded", "x-real-ip", "via"])(
    "are asked of a client behind a proxy on this machine: %s",
    async (name) => {
      await wallet.start();
      expect((await wallet.post("/api/v1/invoices", order, { [name]: "203.0.113.9" })).status).toBe(401);
      expect((await wallet.post("/api/v1/invoices", order)).status).toBe(201);
      // One that is brought must be right, also where none is needed.
      expect((await wallet.post("/api/v1/invoices", order, { authorization: "Bearer x" })).status).toBe(401);
    },
  );
});

describe("an order", () => {
  test("keeps its number and the shop's own words, which the customer is not shown", async () => {
    await wallet.start();
    const { id, orderId, metadata } = await wallet.createInvoice(order);
    expect({ orderId, metadata }).toEqual({ orderId: order.orderId, metadata: order.metadata });
    expect(await wallet.read(id)).toMatchObject({ orderId: order.orderId, metadata: order.metadata });
    const shown = await (await fetch(`${wallet.url}/i/${id}`)).text();
    for (const hidden of ["A-17", "cost centre", "metadata"]) expect(shown).not.toContain(hidden);
  });

  test("is refused when its number or the shop's words have no bounds, and the member named", async () => {
    await wallet.start();
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`m${i}`, ""]));
    for (const [wrong, member] of [
      [{ orderId: "" }, "orderId"],
      [{ orderId: 5 }, "orderId"],
      [{ orderId: "x".repeat(129) }, "orderId"],
      [{ metadata: [] }, "metadata"],
      [{ metadata: many }, "metadata"],
      [{ metadata: { ["x".repeat(41)]: "" } }, "metadata"],
      [{ metadata: { till: 5 } }, "metadata.till"],
      [{ metadata: { till: "x".repeat(501) } }, "metadata.till"],
    ] as const) {
      const response = await wallet.post("/api/v1/invoices", { satoshis: 1, ...wrong });
      expect(response.status).toBe(400);
      expect(((await response.json()) as { detail: string }).detail).toMatch(new RegExp(`^${member}: `));
    }
  });

  test("of one Idempotency-Key is made once, also by two at the same moment", async () => {
    await wallet.start();
    const once = { "idempotency-key": "order-17" };
    const make = async (): Promise<InvoiceView> => {
      const made = await wallet.post("/api/v1/invoices", order, once);
      expect(made.status).toBe(201);
      return (await made.json()) as InvoiceView;
    };
    const made = [...(await Promise.all([make(), make(), make()])), await make()];
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await (await fetch(`${wallet.url}/api/v1/invoices`)).json()).toHaveLength(1);
    // The members' order, and what is left out, make no other order.
    const { metadata, ...rest } = order;
    const same = await wallet.post("/api/v1/invoices", { metadata, ...rest, memo: null }, once);
    expect([same.status, ((await same.json()) as InvoiceView).id]).toEqual([201, made[0]?.id]);
    const other = wallet.post("/api/v1/invoices", { ...order, satoshis: 1_001 }, once);
    expect(await codeOf(other)).toEqual([422, "PAYD_IDEMPOTENCY_KEY"]);
    for (const bad of ["", "with space", "x".repeat(256)]) {
      const refused = wallet.post("/api/v1/invoices", order, { "idempotency-key": bad });
      expect(await codeOf(refused)).toEqual([400, "PAYD_INVALID_REQUEST"]);
    }
  });

  test("that a crash cut short is made by its repetition, under the id that was promised", async () => {
    await wallet.start();
    const { documents } = wallet;
    const put = documents.put.bind(documents);
    documents.put = (key, ...rest) =>
      key.startsWith("invoice.") ? Promise.reject(new Error("cut short")) : put(key, ...rest);
    const once = { "idempotency-key": "order-18" };
    expect((await wallet.post("/api/v1/invoices", order, once)).status).toBe(500);
    documents.put = put;
    const made = (await (await wallet.post("/api/v1/invoices", order, once)).json()) as InvoiceView;
    const use: string[] = [];
    for await (const { bytes } of documents.entries("idempotency.")) use.push(new TextDecoder().decode(bytes));
    expect(use).toEqual([expect.stringContaining(made.id)]);
  });
});

describe("cancel", () => {
  test("takes back an invoice that is not paid, once and for good; its customer is told", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    for (let round = 0; round < 2; round++) {
      const cancelled = await wallet.post(`/api/v1/invoices/${id}/cancel`);
      expect([cancelled.status, await cancelled.json()]).toMatchObject([
        200,
        { state: "cancelled", status: "cancelled" },
      ]);
    }
    const terms = await wallet.ask(id, "paymentrequest.create", null, "ask-1");
    expect(terms).toMatchObject({ key: "paymentrequest.error", body: { code: "PAYD_INVOICE_OVER" } });
    const { body } = await wallet.coins.pay(outputs);
    const ack = await wallet.ask(id, "payment", body, "pay-1");
    expect(ack).toMatchObject({ key: "payment.ack", body: { error: 6 } });
    expect(wallet.miner.submissions).toEqual([]);
    expect(await wallet.read(id)).toMatchObject({ state: "cancelled", expired: false });
  });

  test("is a conflict once a payment is there, and 404 for an unknown invoice", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
    expect(await codeOf(wallet.post(`/api/v1/invoices/${id}/cancel`))).toEqual([409, "PAYD_INVOICE_PAID"]);
    expect(await codeOf(wallet.post("/api/v1/invoices/nosuchinvoice/cancel"))).toEqual([404, "PAYD_INVOICE_UNKNOWN"]);
    expect(await codeOf(wallet.post(`/api/v1/invoices/${id}/cancel`, { why: "x" }))).toEqual([
      400,
      "PAYD_INVALID_REQUEST",
    ]);
  });

  test("that comes while a payment is being checked refuses it", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    const { headers } = wallet.coins;
    const lookup = headers.lookup.bind(headers);
    headers.lookup = async (...args) => {
      await wallet.post(`/api/v1/invoices/${id}/cancel`);
      return lookup(...args);
    };
    expect((await wallet.ask(id, "payment", body, "pay-1")).body).toMatchObject({ error: 6 });
    expect(wallet.miner.submissions).toEqual([]);
  });
});

test("an invoice whose channel was closed is closed, and not expired", async () => {
  await wallet.start();
  const { id } = await wallet.createConnected();
  wallet.server.send(id, "channel.closed", null);
  await expect.poll(async () => wallet.read(id)).toMatchObject({ channel: "closed", status: "closed", expired: false });
});
