import { join } from "node:path";
import { tempDir } from "@p4/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { submitTransaction } from "../pay/mapi.ts";
import { signPayment } from "../pay/sign-payment.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { runP4 } from "../test-support/run-p4.ts";
import { type ScriptedMiner, startScriptedMiner } from "../test-support/scripted-miner.ts";
import { minedCoin } from "../test-support/test-chain.ts";

const file = join(tempDir(), "my.json");
let miner: ScriptedMiner;
let txids: string[];

beforeAll(async () => {
  miner = await startScriptedMiner();
  const wallet = await WalletFile.create(file);
  for (const satoshis of [5_000, 6_000]) await wallet.add(minedCoin(wallet.changeKey(), satoshis));
  txids = [];
  for (const channelId of ["sent", "unsent"]) {
    const terms = { outputs: [{ satoshis: 1_000n, script: "51" }], feeRate: { satoshis: 500, bytes: 1000 } };
    const signed = await signPayment(terms, wallet);
    await wallet.reserve({ ...signed, channelId, messageId: channelId, bodyText: "{}" });
    txids.push(signed.txid);
    if (channelId === "sent") await submitTransaction(miner.url, signed.rawTx, signed.txid);
  }
});
afterAll(() => miner.close());

const settle = (...more: readonly string[]) =>
  runP4(["wallet", "settle", file, "--miner", miner.url, "--json", ...more]);

it("takes in the change of what the miner has, and gives up the rest only when told", async () => {
  const [sent, unsent] = txids;
  expect((await runP4(["wallet", "show", file, "--json"])).json()).toMatchObject({
    satoshis: 0,
    pending: [
      { channelId: "sent", txid: sent, held: 6_000 },
      { channelId: "unsent", txid: unsent, held: 5_000 },
    ],
  });
  const first = (await settle()).json<{ satoshis: number }>();
  expect(first).toMatchObject({ paid: [sent], givenUp: [], pending: [unsent] });
  expect(first.satoshis).toBeGreaterThan(4_000);
  expect(first.satoshis).toBeLessThan(5_000);
  expect((await settle("--give-up")).exitCode).toBe(2);
  const second = (await settle("--give-up", "--yes")).json<{ satoshis: number }>();
  expect(second).toMatchObject({ paid: [], givenUp: [unsent], pending: [], satoshis: first.satoshis + 5_000 });
});
