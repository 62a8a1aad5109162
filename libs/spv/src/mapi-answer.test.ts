import { PrivateKey } from "@bsv/sdk";
import { describe, expect, it } from "vitest";
import { openMapiAnswer } from "./mapi-answer.ts";
import { type MapiFeeType, type MapiFeeUse, readMapiFee } from "./mapi-fee.ts";
import { readMapiSubmission } from "./mapi-submission.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { signEnvelope } from "./sign-envelope.ts";
import { VERIFY_IF_SIGNED } from "./verify-envelope.ts";

const key = PrivateKey.fromHex("11".repeat(32));
const minerId = key.toPublicKey().toString();
const txid = "ab".repeat(32);
const signed = (payload: object): string => signEnvelope(JSON.stringify(payload), key.toHex());
const open = (body: string): object => openMapiAnswer(body, VERIFY_IF_SIGNED, sdkCrypto);
const code = (name: string): object => expect.objectContaining({ code: name }) as object;

describe("openMapiAnswer", () => {
  it.each([
    ["the miner that signed", { minerId }],
    ["that miner in upper case", { minerId: minerId.toUpperCase() }],
    ["no miner", {}],
    ["an empty miner", { minerId: "" }],
  ])("reads an answer that names %s", (_name, payload) => {
    expect(open(signed(payload))).toEqual(payload);
  });

  it("reads an unsigned answer where the policy allows it", () => {
    const unsigned = JSON.stringify({ payload: JSON.stringify({ minerId }), encoding: "UTF-8" });
    expect(open(unsigned)).toEqual({ minerId });
    expect(() => openMapiAnswer(unsigned, { kind: "require" }, sdkCrypto)).toThrow(code("SPV_ENVELOPE_UNSIGNED"));
  });

  it("refuses another miner's name, another text and what is no object", () => {
    expect(() => open(signed({ minerId: `02${"00".repeat(32)}` }))).toThrow(code("SPV_MINER_ID_MISMATCH"));
    expect(() => open(signed({ satoshis: 50 }).replace("50", "51"))).toThrow(code("SPV_SIGNATURE_INVALID"));
    expect(() => open(signed([]))).toThrow(code("SPV_JSON_INVALID"));
  });
});

describe("readMapiFee", () => {
  const rate = { satoshis: 50, bytes: 1000 };
  const quote = (fee: object): { fees: unknown[] } => ({ fees: [null, "standard", { feeType: "standard", ...fee }] });

  it("finds the rate by type and use", () => {
    expect(
      readMapiFee(quote({ miningFee: rate, relayFee: { satoshis: 1, bytes: 2 } }), "standard", "miningFee"),
    ).toEqual(rate);
    expect(readMapiFee(quote({ relayFee: { satoshis: 0, bytes: 2 } }), "standard", "relayFee").satoshis).toBe(0);
  });

  it.each<[string, Record<string, unknown>, MapiFeeType, MapiFeeUse]>([
    ["no fees", {}, "standard", "miningFee"],
    ["fees that are no list", { fees: { feeType: "standard", miningFee: rate } }, "standard", "miningFee"],
    ["another type", quote({ miningFee: rate }), "data", "miningFee"],
    ["another use", quote({ miningFee: rate }), "standard", "relayFee"],
    ["a rate per nothing", quote({ miningFee: { satoshis: 1, bytes: 0 } }), "standard", "miningFee"],
    ["a negative rate", quote({ miningFee: { satoshis: -1, bytes: 1 } }), "standard", "miningFee"],
    ["a fraction", quote({ miningFee: { satoshis: 0.5, bytes: 1 } }), "standard", "miningFee"],
    ["a text", quote({ miningFee: { satoshis: "1", bytes: 1 } }), "standard", "miningFee"],
  ])("refuses %s", (_name, payload, type, use) => {
    expect(() => readMapiFee(payload, type, use)).toThrow(code("SPV_MINER_ANSWER_INVALID"));
    expect(() => readMapiFee(payload, type, use)).toThrow(`${type} ${use}`);
  });
});

describe("readMapiSubmission", () => {
  const failure = { txid, returnResult: "failure" };

  it.each<[string, Record<string, unknown>, object]>([
    ["success", { txid: txid.toUpperCase(), returnResult: "success" }, { accepted: true }],
    ["known already", { ...failure, resultDescription: "257: txn-already-known" }, { accepted: true }],
    [
      "a conflict",
      { ...failure, resultDescription: "txn-mempool-conflict" },
      { accepted: false, retryable: false, reason: "txn-mempool-conflict" },
    ],
    [
      "a pause",
      { ...failure, failureRetryable: true },
      { accepted: false, retryable: true, reason: "no reason given" },
    ],
    [
      "unreadable, says the miner",
      { txid: "", returnResult: "failure", resultDescription: "x".repeat(300) },
      { accepted: false, retryable: false, reason: "x".repeat(200) },
    ],
  ])("%s", (_name, payload, expected) => {
    expect(readMapiSubmission(payload, txid)).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ["an answer about another transaction", { txid: "00".repeat(32), returnResult: "success" }],
    ["success about no transaction", { returnResult: "success" }],
    ["no result", { txid }],
    ["no verdict, for a known one", { txid, resultDescription: "already known" }],
  ])("%s is no verdict", (_name, payload) => {
    expect(() => readMapiSubmission(payload, txid)).toThrow(code("SPV_MINER_ANSWER_INVALID"));
  });
});
