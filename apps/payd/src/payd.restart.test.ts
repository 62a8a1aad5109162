import { statSync } from "node:fs";
import { join } from "node:path";
import { StoreError, type DocumentStore } from "@p4/event-store";
import { describe, expect, test } from "vitest";
import { InvoiceRepository } from "./invoice/invoice-repository.ts";
import { success } from "./test-support/scripted-miner.ts";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

/** The store's methods as plain functions, so that one of them can be replaced. */
function bound(store: DocumentStore): DocumentStore {
  return {
    get: (key) => store.get(key),
    put: (key, bytes, revision) => store.put(key, bytes, revision),
    set: (key, bytes) => store.set(key, bytes),
    delete: (key) => store.delete(key),
    keys: (prefix) => store.keys(prefix),
    entries: (prefix) => store.entries(prefix),
  };
}

describe("life", () => {
  test("channel.expired ends the channel: it is not joined again", async () => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    wallet.server.send(id, "channel.expired", null);
    await eventually(async () => expect((await wallet.read(id)).channel).toBe("expired"));
    expect((await wallet.post(`/connect/${id}`)).status).toBe(500);
    await wallet.stop();
    await wallet.start();
    const { id: next } = await wallet.createConnected();
    expect(wallet.server.joins.map(({ channelId }) => channelId)).toEqual([id, next]);
  });

  test.each([
    { end: "expired", says: "has expired" },
    { end: "closed", says: "was closed" },
  ])("a channel that is $end is told as such, and is a conflict for PayD's route", async ({ end, says }) => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    wallet.server.send(id, `channel.${end}`, null);
    await eventually(async () => expect((await wallet.read(id)).channel).toBe(end));
    const documented = await wallet.post(`/connect/${id}`);
    expect([documented.status, await documented.json()]).toMatchObject([500, { detail: `channel ${id} ${says}` }]);
    const deployed = await wallet.post(`/api/v1/socket/connect/${id}`);
    expect([deployed.status, await deployed.json()]).toMatchObject([
      409,
      { code: "PAYD_INVOICE_OVER", detail: `channel ${id} ${says}` },
    ]);
  });

  test("a channel that ends while it is joined is told as such too", async () => {
    await wallet.start();
    wallet.server.greeting = "channel.closed";
    const { id } = await wallet.createInvoice();
    const answer = await wallet.post(`/api/v1/socket/connect/${id}`);
    expect([answer.status, await answer.json()]).toMatchObject([409, { detail: `channel ${id} was closed` }]);
    Object.assign(wallet.server, { greeting: "join.success", channelState: "expired" });
    const { id: over } = await wallet.createInvoice();
    const late = await wallet.post(`/api/v1/socket/connect/${over}`);
    expect([late.status, await late.json()]).toMatchObject([409, { detail: `channel ${over} has expired` }]);
    expect((await wallet.read(over)).channel).toBe("expired");
  });

  test("a restart joins again, finishes a broadcast that was cut short and acknowledges the repeated payment", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    wallet.miner.replies = [{ response: { status: 503 } }];
    expect((await wallet.ask(id, "payment", body, "pay-1")).key).toBe("payment.error");
    await wallet.stop();

    wallet.miner.replies = [success];
    await wallet.start();
    await wallet.inState(id, "broadcast");
    await eventually(() => expect(wallet.server.joins.map(({ channelId }) => channelId)).toEqual([id, id]));
    const ack = await wallet.ask(id, "payment", body, "pay-2");
    expect(ack.body).not.toHaveProperty("error");
    await wallet.inState(id, "paid");
  });

  test("a crash between broadcast and acknowledgement is mended by the repeated payment, with no second broadcast", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    const before = await wallet.ask(id, "payment", body, "pay-1");
    await wallet.inState(id, "paid");
    await wallet.stop();
    // As the store would be if the wallet had died before it heard that its acknowledgement was taken.
    await new InvoiceRepository(wallet.documents).update(id, (invoice) => ({ ...invoice, state: "broadcast" }));

    await wallet.start();
    await eventually(() => expect(wallet.server.joins).toHaveLength(2));
    const after = await wallet.ask(id, "payment", body, "pay-1-again");
    expect(after.body).toEqual(before.body);
    await wallet.inState(id, "paid");
    expect(wallet.miner.submissions).toHaveLength(1);
  });

  test("a crash after the channel had stored the acknowledgement is noticed on joining", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
    await wallet.inState(id, "paid");
    await wallet.stop();
    await new InvoiceRepository(wallet.documents).update(id, (invoice) => ({ ...invoice, state: "broadcast" }));

    wallet.server.channelState = "awaitingProof";
    await wallet.start();
    await wallet.inState(id, "paid");
  });

  test("a store that is away at the start delays the resumption only", async () => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    await wallet.stop();
    let failures = 2;
    const { documents } = wallet;
    const keys: typeof documents.keys = (prefix) => {
      if (failures-- > 0) throw new StoreError("STORE_UNAVAILABLE", "test");
      return documents.keys(prefix);
    };
    await wallet.start({ documents: { ...bound(documents), keys }, resumeRetryMs: 1 });
    await eventually(() => expect(wallet.server.joins.map(({ channelId }) => channelId)).toEqual([id, id]));
  });

  test("a payment that is larger than the store takes is refused, and not broadcast", async () => {
    const set: DocumentStore["set"] = () => Promise.reject(new StoreError("STORE_TOO_LARGE", "test"));
    await wallet.start({ documents: { ...bound(wallet.documents), set } });
    const { id, outputs } = await wallet.createConnected();
    const ack = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
    expect(ack.key).toBe("payment.ack");
    expect(ack.body).toMatchObject({ error: 1, memo: expect.stringContaining("larger than") as string });
    expect(wallet.miner.submissions).toEqual([]);
  });

  test("a lost connection is joined again", async () => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    wallet.server.dropAll();
    await eventually(() => expect(wallet.server.joins).toHaveLength(2));
    expect((await wallet.ask(id, "paymentrequest.create", null, "ask-1")).key).toBe("paymentrequest.response");
  });

  test("keys survive a restart and their file is the owner's alone", async () => {
    await wallet.start();
    const { outputs } = await wallet.createConnected();
    const file = join(wallet.dataDir, "master.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await wallet.stop();
    // In a store that knows of no invoice the first index is given out again: it must be the same key.
    wallet.forgetInvoices();
    await wallet.start();
    expect((await wallet.createConnected()).outputs).toEqual(outputs);
  });

  test("serves its operators", async () => {
    await wallet.start();
    await wallet.createConnected();
    expect((await fetch(`${wallet.url}/livez`)).status).toBe(200);
    expect((await fetch(`${wallet.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${wallet.url}/metrics`)).text()).toMatch(/p4_payd_channels\{app="payd"\} 1/);
  });
});
