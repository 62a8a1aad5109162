import { describe, expect, test } from "vitest";
import { doubleSpendOf, unsignedNews } from "./test-support/customer-coins.ts";
import { eventually, type InvoiceView, useWallet } from "./test-support/wallet-harness.ts";
import { address, sourcesOf, WalletMoney } from "./test-support/wallet-money.ts";

const wallet = useWallet();
const money = new WalletMoney(wallet);
const inDoubt = [409, { code: "PAYD_PAYMENT_IN_DOUBT" }];

async function doubleSpend({ id, payment }: InvoiceView): Promise<void> {
  wallet.server.send(id, "doublespend.notify", JSON.parse(doubleSpendOf(payment?.txid ?? "", "66".repeat(32))));
  await eventually(async () => expect((await wallet.read(id)).doubleSpends).toHaveLength(1));
}

async function reject({ id, payment }: InvoiceView): Promise<void> {
  const said = { status: "REJECTED", code: 466, detail: "", competingTxs: [] };
  wallet.server.send(id, "transaction.rejected", unsignedNews(payment?.txid ?? "", "rejected", said));
  await eventually(async () => expect((await wallet.read(id)).rejections).toHaveLength(1));
}

describe("a payment in doubt", () => {
  test.each([
    { doubt: "double spent", cast: doubleSpend },
    { doubt: "rejected", cast: reject },
  ])("that may be $doubt is not refunded from other customers' coins, until there is a proof", async ({ cast }) => {
    await wallet.start();
    const doubted = await money.paidInvoice(10_000);
    await money.paidInvoice(50_000);
    await cast(doubted);
    const before = wallet.miner.submissions.length;
    expect(await money.refund(doubted.id, { satoshis: 4_000 })).toMatchObject(inDoubt);
    expect(wallet.miner.submissions).toHaveLength(before);
    expect([await money.balance(), await money.exported("net_satoshis")]).toEqual([50_000, 50_000]);
    await money.prove(doubted);
    expect(await money.refund(doubted.id, { satoshis: 4_000 })).toMatchObject([201, { satoshis: 4_000 }]);
  });

  test("takes what was made of it along: the change of its refund is no money either", async () => {
    await wallet.start();
    const doubted = await money.paidInvoice(10_000);
    await money.paidInvoice(50_000);
    const [, first] = await money.refund(doubted.id, { satoshis: 1_000 });
    await money.refund(doubted.id, { satoshis: 1_000 });
    expect(await money.balance()).toBe(58_000 - 2 * first.feeSatoshis);
    await doubleSpend(doubted);
    expect(await money.balance()).toBe(50_000);
  });
});

describe("a payment without a proof", () => {
  test("is refunded from itself first, so that a double spend takes its refund along", async () => {
    await wallet.start();
    const fresh = await money.paidInvoice(10_000);
    await money.prove(await money.paidInvoice(50_000));
    const [, first] = await money.refund(fresh.id, { satoshis: 4_000 });
    expect(sourcesOf(first)).toEqual([fresh.payment?.txid]);
    const [, second] = await money.refund(fresh.id, { satoshis: 1_000 });
    expect(sourcesOf(second)).toEqual([first.txid]);
  });

  test("whose coins are swept is refunded when it is proved", async () => {
    await wallet.start();
    const fresh = await money.paidInvoice(10_000);
    expect((await wallet.post("/api/v1/wallet/sweep", { address })).status).toBe(201);
    await money.prove(await money.paidInvoice(50_000));
    expect(await money.refund(fresh.id, { satoshis: 4_000 })).toMatchObject(inDoubt);
    await money.prove(fresh);
    expect(await money.refund(fresh.id, { satoshis: 4_000 })).toMatchObject([201, { satoshis: 4_000 }]);
  });
});
