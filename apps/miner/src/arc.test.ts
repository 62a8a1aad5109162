import { ARC, BlockHeadersService, Transaction } from "@bsv/sdk";
import { parseArcCallbacks, parseBumpHex, sdkCrypto, verifyBump } from "@p4/spv";
import { afterEach, beforeEach, expect, test } from "vitest";

import { receiveCallbacks, type CallbackReceiver } from "./testing/callback-receiver.ts";
import { startTestMiner, type MinerClient } from "./testing/miner-client.ts";
import { rawHex, spend } from "./testing/test-wallet.ts";

let client: MinerClient;
let wallet: CallbackReceiver;

beforeEach(async () => {
  wallet = await receiveCallbacks();
  client = await startTestMiner();
});
afterEach(async () => {
  await client.miner.close();
  await wallet.close();
});

test("the faucet's BEEF verifies with @bsv/sdk against the miner's headers", async () => {
  const coin = await client.faucet(1000);
  const headers = new BlockHeadersService(client.miner.url);
  expect(await Transaction.fromHexBEEF(coin.beef).verify(headers, undefined)).toBe(true);
  expect(await headers.currentHeight()).toBe(coin.blockHeight);
  expect(await headers.isValidRootForHeight("ab".repeat(32), coin.blockHeight)).toBe(false);
});

test("@bsv/sdk's ARC client broadcasts, in Extended Format, and is told of the block", async () => {
  const coin = await client.faucet(1000);
  const payment = Transaction.fromBinary([...(await spend(coin, [900])).bytes]);
  const [input] = payment.inputs;
  if (input !== undefined) input.sourceTransaction = Transaction.fromHex(coin.rawTx);
  const arc = new ARC(client.miner.url, { callbackUrl: `${wallet.url}/arc`, callbackToken: "secret" });
  const txid = payment.id("hex");
  expect(await arc.broadcast(payment)).toMatchObject({ status: "success", txid });
  expect((await client.get(`/v1/tx/${txid}`)).body).toMatchObject({ txStatus: "SEEN_ON_NETWORK" });
  await client.post("/dev/mine", {});
  const [callback] = await wallet.waitFor(1);
  expect(callback?.headers.authorization).toBe("Bearer secret");
  const [update] = parseArcCallbacks(callback?.body ?? "", sdkCrypto);
  expect(update).toMatchObject({ txid, status: "MINED" });
  const status = (await client.get<{ merklePath: string }>(`/v1/tx/${txid}`)).body;
  const tip = await client.get<{ header: { merkleRoot: string } }>("/api/v1/chain/tip/longest");
  expect(verifyBump(parseBumpHex(status.merklePath), txid, sdkCrypto).merkleRoot).toBe(tip.body.header.merkleRoot);
});

test("a BEEF with an unmined parent submits both", async () => {
  const parent = await spend(await client.faucet(1000), [900]);
  const child = await spend({ txid: parent.txid, vout: 0, satoshis: 900 }, [800]);
  const beef = `0100beef0002${rawHex(parent)}00${rawHex(child)}00`;
  expect((await client.post("/v1/tx", { rawTx: beef })).body).toMatchObject({
    txid: child.txid,
    txStatus: "SEEN_ON_NETWORK",
  });
  expect((await client.get(`/v1/tx/${parent.txid}`)).status).toBe(200);
});

test("refusals are problem documents with ARC's codes; a double spend is a status", async () => {
  const coin = await client.faucet(1000);
  const submit = async (rawTx: string) => client.post<Record<string, unknown>>("/v1/tx", { rawTx });
  expect(await submit("00")).toMatchObject({ status: 463, body: { status: 463, title: "Malformed transaction" } });
  expect(await submit(rawHex(await spend(coin, [1000])))).toMatchObject({ status: 465 });
  expect(await submit(rawHex(await spend(coin, [1001])))).toMatchObject({ status: 464 });
  expect(await submit(rawHex(await spend({ ...coin, satoshis: 999 }, [900])))).toMatchObject({ status: 461 });
  expect((await client.post("/v1/tx", {})).status).toBe(400);
  expect((await client.get(`/v1/tx/${"ab".repeat(32)}`)).status).toBe(404);
  const first = await spend(coin, [900]);
  const batch = await client.post<object[]>("/v1/txs", [
    { rawTx: rawHex(first) },
    { rawTx: rawHex(await spend(coin, [800])) },
  ]);
  expect(batch.body).toMatchObject([
    { txStatus: "SEEN_ON_NETWORK" },
    { txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: [first.txid] },
  ]);
});

test("a reorganisation that leaves the transaction out, for another, is told as REJECTED", async () => {
  const coin = await client.faucet(1000);
  const loser = await spend(coin, [900]);
  const winner = await spend(coin, [800]);
  await client.post("/v1/tx", { rawTx: rawHex(loser) }, { "x-callbackurl": wallet.url });
  await client.post("/dev/mine", {});
  await wallet.waitFor(1);
  await client.post("/dev/reorg", { transactions: [rawHex(winner)] });
  const statuses = (await wallet.waitFor(3)).map(({ body }) => (JSON.parse(body) as { txStatus: string }).txStatus);
  expect(statuses.toSorted()).toEqual(["MINED", "MINED_IN_STALE_BLOCK", "REJECTED"]);
  expect((await client.get(`/v1/tx/${loser.txid}`)).body).toMatchObject({
    txStatus: "REJECTED",
    competingTxs: [winner.txid],
  });
});

test("headers are found by hash and height, with the fields of the Block Headers Service", async () => {
  const tip = await client.get<{ header: { hash: string } }>("/api/v1/chain/tip/longest");
  const { hash } = tip.body.header;
  const byHash = await client.get(`/api/v1/chain/header/${hash}`);
  expect(byHash.body).toMatchObject({ hash, prevBlockHash: "00".repeat(32), difficultyTarget: 0x207fffff });
  expect((await client.get("/api/v1/chain/header/byHeight?height=0")).body).toEqual([byHash.body]);
  expect((await client.get("/api/v1/chain/header/byHeight?height=7")).status).toBe(404);
  expect((await client.get("/api/v1/chain/header/byHeight?height=x")).status).toBe(400);
});

test("the front page says that it is for development only", async () => {
  expect((await client.get<{ warning: string }>("/")).body.warning).toMatch(/development only/);
});
