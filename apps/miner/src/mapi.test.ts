import { parseEnvelope, verifyEnvelope, verifyProofCallback, type SignaturePolicy } from "@p4/spv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { sha256Crypto } from "./chain/hash.ts";
import { receiveCallbacks, type CallbackReceiver } from "./testing/callback-receiver.ts";
import { startTestMiner, type MinerClient } from "./testing/miner-client.ts";
import { rawHex, spend } from "./testing/test-wallet.ts";

const REQUIRE: SignaturePolicy = { kind: "require" };

let client: MinerClient;
let wallet: CallbackReceiver;
let callCount = 0;
let statusOf: (call: number) => number;

beforeEach(async () => {
  statusOf = () => 201;
  callCount = 0;
  wallet = await receiveCallbacks(() => statusOf(callCount++));
  client = await startTestMiner({ delivery: { retryDelayMs: 5 } });
});
afterEach(async () => {
  await client.miner.close();
  await wallet.close();
});

function submission(rawtx: string): Record<string, unknown> {
  return {
    rawtx,
    callbackUrl: `${wallet.url}/proofs?i=abc&reason={callbackReason}`,
    callbackToken: "Bearer secret",
    merkleProof: true,
    merkleFormat: "TSC",
    dsCheck: true,
  };
}

describe("answers", () => {
  test("are signed by the miner's key", async () => {
    for (const path of ["/mapi/feeQuote", `/mapi/tx/${"ab".repeat(32)}`]) {
      const text = await (await fetch(client.miner.url + path)).text();
      const { signer, payloadText } = verifyEnvelope(parseEnvelope(text), REQUIRE, sha256Crypto);
      expect(signer).toBe(client.miner.minerId);
      expect(JSON.parse(payloadText)).toMatchObject({ apiVersion: "1.5.0", minerId: client.miner.minerId });
    }
  });

  test("say why a transaction was refused, and whether to try again", async () => {
    const coin = await client.faucet(1000);
    expect(await client.postMapi({ rawtx: rawHex(await spend(coin, [1000])) })).toMatchObject({
      returnResult: "failure",
      resultDescription: expect.stringContaining("min fee not met"),
      failureRetryable: false,
    });
    expect(await client.postMapi({ rawtx: "0100000001" })).toMatchObject({ returnResult: "failure", txid: "" });
  });

  test.each([
    ["", "body"],
    ["[]", "body"],
    ["{}", "rawtx"],
    ['{"rawtx":5}', "rawtx"],
    ['{"rawtx":"00","merkleProof":"yes"}', "merkleProof"],
    ['{"rawtx":"00","merkleProof":true}', "callbackUrl"],
    ['{"rawtx":"00","callbackUrl":"file:///etc/passwd"}', "callbackUrl"],
    ['{"rawtx":"00","callbackUrl":"http://a/","callbackToken":"a\\nb"}', "callbackToken"],
    ['{"rawtx":"00","callbackUrl":"http://a/","merkleFormat":"XYZ"}', "merkleFormat"],
    ['{"rawtx":"00","callbackUrl":"http://a/","callbackEncryption":"k"}', "callbackEncryption"],
  ])("a request that is not mAPI (%s) gets 400 and the field's name", async (body, field) => {
    const answer = await client.post<{ detail: string }>("/mapi/tx", body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(field);
  });
});

describe("callbacks", () => {
  test("a mined payment is called back with a signed proof, the token as it is, and the query kept", async () => {
    const payment = await spend(await client.faucet(1000), [900]);
    expect(await client.postMapi(submission(rawHex(payment)))).toMatchObject({ returnResult: "success" });
    expect(wallet.received).toHaveLength(0);
    await client.post("/dev/mine", {});
    const [callback] = await wallet.waitFor(1);
    expect(callback?.url).toBe("/proofs?i=abc&reason=merkleProof");
    expect(callback?.headers).toMatchObject({ authorization: "Bearer secret", "content-type": "application/json" });
    const verified = verifyProofCallback(callback?.body ?? "", {
      expectedTxid: payment.txid,
      policy: REQUIRE,
      crypto: sha256Crypto,
    });
    expect(verified).toMatchObject({ kind: "merkle-proof", signer: client.miner.minerId });
    const tip = await client.get<{ header: { merkleRoot: string } }>("/api/v1/chain/tip/longest");
    expect(verified).toMatchObject({ proven: { merkleRoot: tip.body.header.merkleRoot } });
  });

  test("a repeated submit is a success, and a subscription after the block still gets the proof", async () => {
    const payment = await spend(await client.faucet(1000), [900]);
    await client.postMapi({ rawtx: rawHex(payment) });
    await client.post("/dev/mine", {});
    expect(await client.postMapi(submission(rawHex(payment)))).toMatchObject({
      returnResult: "success",
      resultDescription: "Already known",
    });
    await wallet.waitFor(1);
  });

  test("a receiver that fails is called again until it answers 2xx", async () => {
    statusOf = (call) => (call < 3 ? 500 : 201);
    await client.postMapi(submission(rawHex(await spend(await client.faucet(1000), [900]))));
    await client.post("/dev/mine", {});
    const bodies = (await wallet.waitFor(4)).map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
  });

  test("a receiver that never recovers is given up after the last attempt, without holding up others", async () => {
    await client.miner.close();
    const lines: string[] = [];
    let giveUp: () => void = () => undefined;
    const gaveUp = new Promise<void>((resolve) => (giveUp = resolve));
    client = await startTestMiner({
      delivery: { retryDelayMs: 1, maxAttempts: 3, concurrency: 1 },
      log: (line) => {
        lines.push(line);
        if (line.endsWith("given up")) giveUp();
      },
    });
    const dead = {
      ...submission(rawHex(await spend(await client.faucet(1000), [900]))),
      callbackUrl: "http://127.0.0.1:1/",
    };
    await client.postMapi(dead);
    await client.postMapi(submission(rawHex(await spend(await client.faucet(1000), [900]))));
    await client.post("/dev/mine", {});
    await wallet.waitFor(1);
    await gaveUp;
    expect(lines.filter((line) => line.includes("127.0.0.1:1/"))).toHaveLength(3);
  });

  test("a double spend is refused, and the first one's wallet hears of the attempt", async () => {
    const coin = await client.faucet(1000);
    const first = await spend(coin, [900]);
    const second = await spend(coin, [800]);
    await client.postMapi(submission(rawHex(first)));
    expect(await client.postMapi({ rawtx: rawHex(second) })).toMatchObject({
      returnResult: "failure",
      conflictedWith: [{ txid: first.txid, size: first.bytes.length, hex: rawHex(first) }],
    });
    const [callback] = await wallet.waitFor(1);
    expect(callback?.url).toContain("reason=doubleSpendAttempt");
    expect(JSON.parse(payloadOf(callback?.body))).toMatchObject({
      callbackTxId: first.txid,
      callbackReason: "doubleSpendAttempt",
      blockHash: "",
      blockHeight: -1,
      callbackPayload: { doubleSpendTxId: second.txid, payload: rawHex(second) },
    });
  });

  test("a double spend that a block holds is a doubleSpend notice", async () => {
    const coin = await client.faucet(1000);
    const loser = await spend(coin, [900]);
    const winner = await spend(coin, [800]);
    await client.postMapi(submission(rawHex(loser)));
    const { body } = await client.post<{ tip: string; evicted: string[] }>("/dev/mine", {
      transactions: [rawHex(winner)],
    });
    expect(body.evicted).toEqual([loser.txid]);
    const [callback] = await wallet.waitFor(1);
    expect(JSON.parse(payloadOf(callback?.body))).toMatchObject({
      callbackReason: "doubleSpend",
      blockHash: body.tip,
      callbackPayload: { doubleSpendTxId: winner.txid },
    });
  });

  test("a reorganisation sends the proof again, for the new block", async () => {
    const payment = await spend(await client.faucet(1000), [900]);
    await client.postMapi(submission(rawHex(payment)));
    await client.post("/dev/mine", {});
    await wallet.waitFor(1);
    await client.post("/dev/reorg", { depth: 1 });
    const blocks = (await wallet.waitFor(2)).map(({ body }) => {
      const verified = verifyProofCallback(body, { expectedTxid: payment.txid, policy: REQUIRE, crypto: sha256Crypto });
      return verified.kind === "merkle-proof" ? verified.claim.blockHash : null;
    });
    expect(new Set(blocks).size).toBe(2);
    const states = await Promise.all(
      blocks.map((hash) => client.get<{ state: string }>(`/api/v1/chain/header/state/${hash}`)),
    );
    expect(states.map(({ body }) => body.state)).toEqual(["STALE", "LONGEST_CHAIN"]);
  });

  test("a block is found by itself a short time after a submit", async () => {
    await client.miner.close();
    client = await startTestMiner({ blockIntervalMs: 1 });
    await client.postMapi(submission(rawHex(await spend(await client.faucet(1000), [900]))));
    await wallet.waitFor(1);
  });
});

function payloadOf(body: string | undefined): string {
  return (JSON.parse(body ?? "{}") as { payload: string }).payload;
}
