import { signEnvelope, VERIFY_IF_SIGNED } from "@p4/spv";
import type { HttpResponse } from "@p4/http";
import { nodeCrypto } from "@p4/node-crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CustomerCoins } from "../test-support/customer-coins.ts";
import {
  minerId,
  minerKeyHex,
  sealed,
  startScriptedMiner,
  success,
  type ScriptedMiner,
  type SubmitReply,
} from "../test-support/scripted-miner.ts";
import { Broadcaster } from "./broadcaster.ts";
import { MapiClient, type MapiOptions, type TransactionSubmission } from "./mapi-client.ts";

let miner: ScriptedMiner;
let submission: TransactionSubmission;
const signal = new AbortController().signal;

beforeAll(async () => {
  miner = await startScriptedMiner();
  const { txid, body } = await new CustomerCoins().pay([{ script: "51", satoshis: 1 }]);
  submission = { txid, rawTx: body.rawTx, callbackUrl: "http://proofs.example/", callbackToken: null };
});
afterAll(() => miner.close());
beforeEach(() => {
  miner.replies = [success];
  miner.known.clear();
  miner.quote = null;
});

function client(changes: Partial<MapiOptions> = {}): MapiClient {
  return new MapiClient({
    url: miner.url,
    signaturePolicy: VERIFY_IF_SIGNED,
    crypto: nodeCrypto,
    timeoutMs: 2_000,
    ...changes,
  });
}

const tampered = (payload: object): HttpResponse => {
  const envelope = JSON.parse(signEnvelope(JSON.stringify(payload), minerKeyHex)) as { payload: string };
  return { status: 200, body: JSON.stringify({ ...envelope, payload: envelope.payload.replace("50", "51") }) };
};
const fees = [
  { feeType: "standard", miningFee: { satoshis: 50, bytes: 1000 }, relayFee: { satoshis: 25, bytes: 1000 } },
  { feeType: "data", miningFee: { satoshis: 5, bytes: 1000 }, relayFee: { satoshis: 2, bytes: 1000 } },
];

describe("feeQuote", () => {
  test("gives both kinds of fees", async () => {
    miner.quote = sealed({ fees });
    expect(await client().feeQuote()).toEqual({
      standard: { miningFee: { satoshis: 50, bytes: 1000 }, relayFee: { satoshis: 25, bytes: 1000 } },
      data: { miningFee: { satoshis: 5, bytes: 1000 }, relayFee: { satoshis: 2, bytes: 1000 } },
    });
  });

  test.each<[string, HttpResponse, RegExp]>([
    ["a signature over something else", tampered({ fees }), /signature/],
    ["a miner id that did not sign", sealed({ fees, minerId: `02${"00".repeat(32)}` }), /minerId/],
    ["5xx", { status: 503, body: "busy" }, /HTTP 503/],
    ["4xx", { status: 401 }, /HTTP 401/],
    ["a page", { status: 200, body: "<html>" }, /JSON/],
    ["no fees", sealed({}), /standard miningFee/],
    [
      "a fee per nothing",
      sealed({ fees: [{ ...fees[0], miningFee: { satoshis: 1, bytes: 0 } }] }),
      /standard miningFee/,
    ],
    ["bytes that are not text", { status: 200, body: Uint8Array.of(0xff) }, /not valid/],
    ["more than 1 MiB", { status: 200, body: "x".repeat(1_048_577) }, /longer/],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/" } }, /feeQuote/],
  ])("%s is no quote", async (_name, response, message) => {
    miner.quote = response;
    const failure = client().feeQuote();
    await expect(failure).rejects.toMatchObject({ code: "PAYD_MINER_UNAVAILABLE" });
    await expect(failure).rejects.toThrow(message);
  });

  test("unsigned passes by default and not where signatures are required", async () => {
    miner.quote = { status: 200, body: JSON.stringify({ payload: JSON.stringify({ fees }), encoding: "UTF-8" }) };
    await expect(client().feeQuote()).resolves.toBeDefined();
    const strict = client({ signaturePolicy: { kind: "require" } });
    await expect(strict.feeQuote()).rejects.toThrow(/signature/);
  });

  test("another miner's signature does not pass where keys are named", async () => {
    miner.quote = sealed({ fees });
    const trusting = (key: string): MapiClient =>
      client({ signaturePolicy: { kind: "trusted-keys", publicKeys: new Set([key]) } });
    await expect(trusting(minerId).feeQuote()).resolves.toBeDefined();
    await expect(trusting(`02${"11".repeat(32)}`).feeQuote()).rejects.toThrow(/trusted/);
  });

  test("a miner that is away or silent is said to be", async () => {
    await expect(client({ url: "http://127.0.0.1:1" }).feeQuote()).rejects.toMatchObject({
      code: "PAYD_MINER_UNAVAILABLE",
    });
    miner.replies = [{ silent: true }];
    await expect(client({ timeoutMs: 20 }).submit(submission)).rejects.toThrow(/timeout/i);
  });
});

describe("submit", () => {
  const failure = (members: Record<string, unknown>): SubmitReply => ({
    payload: { returnResult: "failure", ...members },
  });

  test.each<[string, SubmitReply, object]>([
    ["success", success, { accepted: true }],
    ["known already", failure({ resultDescription: "257: txn-already-known" }), { accepted: true }],
    ["a conflict", failure({ resultDescription: "txn-mempool-conflict" }), { accepted: false, retryable: false }],
    ["a pause", failure({ resultDescription: "missing-inputs", failureRetryable: true }), { retryable: true }],
    ["unreadable, says the miner", failure({ txid: "", resultDescription: "decode" }), { accepted: false }],
  ])("%s", async (_name, reply, expected) => {
    miner.replies = [reply];
    expect(await client().submit(submission)).toMatchObject(expected);
  });

  test.each<[string, SubmitReply]>([
    ["an answer about another transaction", { payload: { returnResult: "success", txid: "00".repeat(32) } }],
    ["success about no transaction", { payload: { returnResult: "success", txid: "" } }],
    ["no result", { payload: {} }],
  ])("%s is no verdict", async (_name, reply) => {
    miner.replies = [reply];
    await expect(client().submit(submission)).rejects.toMatchObject({ code: "PAYD_MINER_UNAVAILABLE" });
  });

  test("is repeated through trouble until the miner's final word", async () => {
    const retryable = failure({ resultDescription: "missing-inputs", failureRetryable: true });
    miner.replies = [{ response: { status: 502 } }, retryable, success];
    const broadcaster = new Broadcaster(client(), { firstDelayMs: 1, maxDelayMs: 1, patienceMs: 10_000 });
    expect(await broadcaster.broadcast(submission, signal)).toEqual({ accepted: true });

    miner.replies = [{ response: { status: 502 } }, failure({ resultDescription: "dust" })];
    expect(await broadcaster.broadcast(submission, signal)).toEqual({ accepted: false, reason: "dust" });
  });

  test("is taken although it is refused where the miner has it already: an earlier answer was lost", async () => {
    miner.known.add(submission.txid);
    miner.replies = [{ response: { status: 504 } }, failure({ resultDescription: "Missing inputs" })];
    const broadcaster = new Broadcaster(client(), { firstDelayMs: 1, maxDelayMs: 1, patienceMs: 10_000 });
    expect(await broadcaster.broadcast(submission, signal)).toEqual({ accepted: true });
  });

  test("ends with the last problem when patience does, and at once when the wallet stops", async () => {
    miner.replies = [{ response: { status: 502 } }];
    const impatient = new Broadcaster(client(), { firstDelayMs: 2, maxDelayMs: 2, patienceMs: 1 });
    await expect(impatient.broadcast(submission, signal)).rejects.toThrow(/HTTP 502/);

    const stopping = new AbortController();
    const patient = new Broadcaster(client(), { firstDelayMs: 600_000, maxDelayMs: 600_000, patienceMs: 6_000_000 });
    const running = patient.broadcast(submission, stopping.signal);
    setTimeout(() => stopping.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: "PAYD_MINER_UNAVAILABLE" });
  });
});
