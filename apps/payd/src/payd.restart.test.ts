import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { success } from "./test-support/scripted-miner.ts";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

describe("life", () => {
  test("channel.expired ends the channel: it is not joined again", async () => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    wallet.server.send(id, "channel.expired", null);
    await eventually(async () => expect((await wallet.read(id)).channel).toBe("ended"));
    expect((await wallet.post(`/connect/${id}`)).status).toBe(500);
    await wallet.stop();
    await wallet.start();
    const { id: next } = await wallet.createConnected();
    expect(wallet.server.joins.map(({ channelId }) => channelId)).toEqual([id, next]);
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

  test("keys survive a restart and their file is the owner's alone", async () => {
    await wallet.start();
    await wallet.createConnected();
    const file = join(wallet.dataDir, "master.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await wallet.stop();
    // The same index again, in a store that knows of none, is the same key.
    const first = await wallet.documents.get("next-key-index");
    wallet.forgetInvoices();
    await wallet.start();
    const { outputs } = await wallet.createConnected();
    await wallet.stop();
    expect(first).not.toBeNull();
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
