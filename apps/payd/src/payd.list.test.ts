import { describe, expect, test } from "vitest";
import { InvoiceRepository } from "./invoice/invoice-repository.ts";
import { invoiceIn } from "./test-support/invoices.ts";
import { type InvoiceView, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();
const nowMs = Date.parse("2026-11-23T12:00:00Z");

/** One invoice in each state but cancelled, made an hour after the other; the last is an hour old. */
async function startWithInvoices(): Promise<void> {
  const repository = new InvoiceRepository(wallet.documents);
  await wallet.start({ now: () => nowMs });
  const { cancelled: _, ...others } = invoiceIn;
  for (const [i, invoice] of Object.values(others).entries()) {
    const createdAtMs = nowMs - (5 - i) * 3_600_000;
    await repository.add({ ...invoice, id: `invoice${i}`, keyIndex: i, createdAtMs, orderId: `order${i % 2}` });
  }
}

async function list(query: string): Promise<string[]> {
  const response = await fetch(`${wallet.url}/api/v1/invoices${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as InvoiceView[]).map(({ id }) => id);
}

describe("the list of invoices", () => {
  test.each([
    { query: "", ids: [4, 3, 2, 1, 0] },
    { query: "?limit=2", ids: [4, 3] },
    { query: "?state=pending", ids: [0] },
    { query: "?state=paid,proved", ids: [4, 3] },
    { query: "?since=2h", ids: [4, 3] },
    { query: "?since=2026-11-23T10:00:00Z", ids: [4, 3] },
    { query: "?since=2026-11-23T11:30:00%2B01:30", ids: [4, 3] },
    { query: "?since=3h&state=broadcast,paid&limit=1", ids: [3] },
    { query: "?since=1s", ids: [] },
    { query: "?until=2h", ids: [2, 1, 0] },
    { query: "?since=4h&until=2h", ids: [2, 1] },
    { query: "?orderId=order1", ids: [3, 1] },
    { query: "?status=expired", ids: [0] },
    { query: "?status=pending,cancelled", ids: [] },
  ])("with $query", async ({ query, ids }) => {
    await startWithInvoices();
    expect(await list(query)).toEqual(ids.map((i) => `invoice${i}`));
  });

  test.each([
    { path: "?sate=paid", says: "sate: is not a parameter of this query: those here are state, status," },
    { path: "?state=settled", says: "state: must be one or more of pending," },
    { path: "?state=", says: "state:" },
    { path: "?state=paid,paid", says: "state:" },
    { path: "?status=open", says: "status: must be one or more of pending," },
    { path: "?orderId=", says: "orderId: must be a text of 1 to 128 characters" },
    { path: "?until=later", says: "until: must be a time" },
    { path: "?cursor=2", says: "cursor: must be as the Link header of another page has it" },
    { path: "?cursor=", says: "cursor:" },
    { path: "?limit=0", says: "limit: must be a whole number from 1 to 10000" },
    { path: "?limit=1e3", says: "limit:" },
    { path: "?limit=10001", says: "limit:" },
    { path: "?since=yesterday", says: "since: must be a time" },
    { path: "?since=2026-11-23T10:00:00", says: "since:" },
    { path: "?since=2026-13-45T10:00:00Z", says: "since:" },
    { path: "?limit=1&limit=2", says: "limit: must be given once" },
    { path: "/invoice0?state=paid", says: "state: is not a parameter of this query: there are none here" },
  ])("refuses $path", async ({ path, says }) => {
    await startWithInvoices();
    const response = await fetch(`${wallet.url}/api/v1/invoices${path}`);
    const problem = (await response.json()) as { detail: string };
    expect([response.status, problem]).toMatchObject([400, { code: "PAYD_INVALID_REQUEST" }]);
    expect(problem.detail).toContain(says);
  });

  test("comes page by page, none twice and none left out, also while others are made", async () => {
    await startWithInvoices();
    const seen: string[] = [];
    for (let path: string | undefined = "/api/v1/invoices?limit=2&since=1d"; path !== undefined;) {
      const response: Response = await fetch(wallet.url + path);
      seen.push(...((await response.json()) as InvoiceView[]).map(({ id }) => id));
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
      await wallet.createInvoice();
    }
    expect(seen).toEqual([4, 3, 2, 1, 0].map((i) => `invoice${i}`));
  });
});
