import { expect, test } from "vitest";
import { fixedRates } from "./price/fixed-rates.ts";
import type { RateSource } from "./price/rate-source.ts";
import { useWallet, type InvoiceView } from "./test-support/wallet-harness.ts";

const wallet = useWallet();
const order = { amount: "12.50", currency: "EUR", orderId: "A-1" };
const startMs = Date.parse("2026-11-23T12:00:00Z");

async function refusal(response: Promise<Response>): Promise<readonly [number, string, string]> {
  const answer = await response;
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  return [answer.status, code, detail];
}

test("an invoice in a currency keeps rate and time, rounds up, and is told so to shop, customer and accounts", async () => {
  const rates: RateSource = { rateOf: () => Promise.resolve({ price: "30", atMs: startMs - 60_000 }) };
  await wallet.start({ rates, now: () => startMs });
  const invoice = await wallet.createInvoice(order);
  const price = { currency: "EUR", amount: "12.50", rate: "30", rateAt: "2026-11-23T11:59:00.000Z" };
  expect(invoice).toMatchObject({ satoshis: 41_666_667, price });
  expect(invoice.outputs).toMatchObject([{ satoshis: 41_666_667 }]);
  const page = await fetch(`${wallet.url}/i/${invoice.id}`, { headers: { accept: "text/html" } });
  expect(await page.text()).toContain("for 12.50 EUR");
  const [head = "", row = ""] = (await (await fetch(`${wallet.url}/api/v1/export.csv`)).text()).split("\r\n");
  expect(head).toMatch(/,currency,amount,rate,rate_at$/);
  expect(row).toMatch(/,EUR,12\.50,30,2026-11-23T11:59:00\.000Z$/);
});

test.each([
  { age: "too old", atMs: startMs - 10 * 60_000 - 1 },
  { age: "of tomorrow", atMs: startMs + 86_400_000 },
])("a rate that is $age makes no invoice", async ({ atMs }) => {
  await wallet.start({ rates: { rateOf: () => Promise.resolve({ price: "30", atMs }) }, now: () => startMs });
  expect(await refusal(wallet.post("/api/v1/invoices", order))).toEqual([
    503,
    "PAYD_RATE_STALE",
    `the rate of EUR is as of ${new Date(atMs).toISOString()}: at most 10 minutes are allowed`,
  ]);
  expect(await (await fetch(`${wallet.url}/api/v1/invoices`)).json()).toEqual([]);
});

test("a fixed rate is good at any time, and there are none of other currencies", async () => {
  await wallet.start({ rates: fixedRates({ EUR: "25" }) });
  expect(await wallet.createInvoice(order)).toMatchObject({ satoshis: 50_000_000, price: { rateAt: null } });
  const unknown = refusal(wallet.post("/api/v1/invoices", { ...order, currency: "CHF" }));
  expect(await unknown).toEqual([422, "PAYD_CURRENCY_UNKNOWN", "currency: there is no rate of CHF"]);
});

test("a repetition with its Idempotency-Key gets the first rate, also when there is none any more", async () => {
  let nowMs = startMs;
  const rates: RateSource = { rateOf: () => Promise.resolve({ price: "30", atMs: startMs }) };
  await wallet.start({ rates, now: () => nowMs });
  const once = { "idempotency-key": "order-1" };
  const first = (await (await wallet.post("/api/v1/invoices", order, once)).json()) as InvoiceView;
  nowMs += 30 * 60_000;
  expect((await wallet.post("/api/v1/invoices", order)).status).toBe(503);
  const again = await wallet.post("/api/v1/invoices", order, once);
  expect([again.status, ((await again.json()) as InvoiceView).id]).toEqual([201, first.id]);
  const other = await wallet.post("/api/v1/invoices", { ...order, amount: "12.51" }, once);
  expect(other.status).toBe(422);
});

test.each([
  [{ amount: "12.50" }, "currency: must be three letters"],
  [{ currency: "EUR" }, "amount: must be a decimal above zero"],
  [{ ...order, amount: 12.5 }, "amount: must be"],
  [{ ...order, amount: "0.00" }, "amount: must be"],
  [{ ...order, amount: "99999999999999" }, "amount: must come to at most 2100000000000000 satoshis"],
  [{ ...order, currency: "eur" }, "currency: must be"],
  [{ ...order, satoshis: 1 }, "satoshis: must be left out"],
])("%j is refused by its rule", async (wrong, rule) => {
  await wallet.start({ rates: fixedRates({ EUR: "25" }) });
  const [status, code, detail] = await refusal(wallet.post("/api/v1/invoices", wrong));
  expect([status, code, detail]).toEqual([400, "PAYD_INVALID_REQUEST", expect.stringContaining(rule)]);
});
