import { describe, expect, test } from "vitest";
import { doubleSpendOf, unsignedNews } from "./test-support/customer-coins.ts";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

describe("proofs", () => {
  async function paid(): Promise<{ id: string; txid: string }> {
    const { id, outputs } = await wallet.createConnected();
    const { txid, body } = await wallet.coins.pay(outputs);
    await wallet.ask(id, "payment", body, "pay-1");
    await wallet.inState(id, "paid");
    return { id, txid };
  }

  test("of another transaction, or with a broken signature, change nothing", async () => {
    await wallet.start();
    const { id, txid } = await paid();
    const tampered = JSON.parse(wallet.coins.proofOf(txid, { seed: 2 })) as { payload: string };
    tampered.payload = tampered.payload.replace('"blockHeight":500', '"blockHeight":501');
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf("55".repeat(32))));
    wallet.server.send(id, "proof.create", tampered);
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { seed: 3 })));
    const { proofs } = await wallet.inState(id, "proved");
    expect(proofs.map(({ blockHash }) => Number(blockHash))).toEqual([3]);
  });

  test("after a reorganisation are kept beside the first", async () => {
    await wallet.start();
    const { id, txid } = await paid();
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { seed: 1 })));
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { seed: 1 })));
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { seed: 2 })));
    await eventually(async () => expect((await wallet.read(id)).proofs).toHaveLength(2));
  });

  test("in a block that is not known settle nothing until it is, also across a restart", async () => {
    await wallet.start();
    const { id, txid } = await paid();
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { known: false })));
    await eventually(async () => expect((await wallet.read(id)).proofs).toMatchObject([{ headerConfirmed: false }]));
    expect((await wallet.read(id)).state).toBe("paid");
    await wallet.stop();
    wallet.coins.proofOf(txid, { known: true });
    await wallet.start();
    expect((await wallet.inState(id, "proved")).proofs).toMatchObject([{ headerConfirmed: true }]);
  });

  test("are taken back when their block has left the chain, also for this wallet's own header source", async () => {
    await wallet.start();
    const { id, txid } = await paid();
    const blockHash = "1".padStart(64, "0");
    const revoked = unsignedNews(txid, "proofRevoked", { status: "MINED_IN_STALE_BLOCK", blockHashes: [blockHash] });
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { seed: 1 })));
    await wallet.inState(id, "proved");
    // The source still has the block: it is believed, not the stranger. What follows shows that the news was read.
    wallet.server.send(id, "proof.revoked", revoked);
    wallet.server.send(id, "proof.revoked", { payload: "{}" });
    wallet.server.send(
      id,
      "transaction.rejected",
      unsignedNews(txid, "rejected", { status: "REJECTED", code: 466, detail: "", competingTxs: [] }),
    );
    await eventually(async () =>
      expect((await wallet.read(id)).rejections).toMatchObject([{ status: "REJECTED", code: 466 }]),
    );
    expect((await wallet.read(id)).state).toBe("proved");
    wallet.coins.reorganise(txid);
    wallet.server.send(id, "proof.revoked", revoked);
    const paidAgain = await wallet.inState(id, "paid");
    expect(paidAgain.proofs).toMatchObject([{ blockHash, revokedAt: expect.any(String) as string }]);
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid, { seed: 2 })));
    await wallet.inState(id, "proved");
  });

  test("of a double spend mark the invoice", async () => {
    await wallet.start();
    const { id, txid } = await paid();
    wallet.server.send(id, "doublespend.notify", JSON.parse(doubleSpendOf(txid, "66".repeat(32))));
    await eventually(async () =>
      expect((await wallet.read(id)).doubleSpends).toMatchObject([
        { reason: "doubleSpendAttempt", txid: "66".repeat(32) },
      ]),
    );
    expect((await wallet.read(id)).state).toBe("paid");
    // As the server writes it when ARC names no rival.
    wallet.server.send(id, "doublespend.notify", JSON.parse(doubleSpendOf(txid, "")));
    await eventually(async () =>
      expect((await wallet.read(id)).doubleSpends).toMatchObject([{}, { reason: "doubleSpendAttempt", txid: null }]),
    );
  });
});
