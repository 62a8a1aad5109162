import { expect, test } from "vitest";
import { InvoiceRepository } from "./invoice/invoice-repository.ts";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

test("a payment that came in time is taken although its check outlasts the time, and nothing was told of an end", async () => {
  let nowMs = Date.now();
  let isAsked = false;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const headers: typeof wallet.coins.headers = {
    async lookup(claim) {
      isAsked = true;
      await answered;
      return wallet.coins.headers.lookup(claim);
    },
  };
  await wallet.start({ now: () => nowMs, headers });
  const { id, outputs } = await wallet.createConnected();
  const { id: unpaid } = await wallet.createInvoice();
  const { body } = await wallet.coins.pay(outputs);
  wallet.server.send(id, "payment", body, "pay-1");
  await eventually(() => expect(isAsked).toBe(true));
  nowMs += 3_600_001;
  const invoices = new InvoiceRepository(wallet.documents);
  await eventually(async () => expect((await invoices.get(unpaid))?.expiredAtMs).toBe(nowMs));
  expect(await wallet.read(id)).toMatchObject({ state: "pending", status: "pending", expired: false });
  const page = await fetch(`${wallet.url}/i/${id}`);
  expect(await page.json()).toMatchObject({ status: "pending" });
  const listed = (await (await fetch(`${wallet.url}/api/v1/invoices?status=expired`)).json()) as { id: string }[];
  expect(listed.map((invoice) => invoice.id)).toEqual([unpaid]);
  answer();
  await wallet.inState(id, "paid");
  const told = (await invoices.get(id))?.events.map(({ type }) => type);
  expect(told).toEqual(["invoice.created", "invoice.broadcast", "invoice.paid"]);
});

test("an invoice that the shop was told has expired is not paid any more, also when the clock is set back", async () => {
  let nowMs = Date.now();
  await wallet.start({ now: () => nowMs });
  const { id, outputs } = await wallet.createConnected();
  nowMs += 3_600_001;
  const invoices = new InvoiceRepository(wallet.documents);
  await eventually(async () => expect((await invoices.get(id))?.expiredAtMs).toBe(nowMs));
  nowMs -= 3_600_001;
  expect(await wallet.read(id)).toMatchObject({ status: "expired" });
  const ack = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
  expect(ack.body).toMatchObject({ error: 2 });
  expect(wallet.miner.submissions).toEqual([]);
});
