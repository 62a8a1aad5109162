import { sha256Hex } from "@p4/node-crypto";
import { withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { paymentUrl, post } from "./test-support/http-calls.ts";
import { headerOf, type Peer } from "./test-support/peer.ts";
import { bodyTextOf, joinScripted, rawTx, sayText, type Script } from "./test-support/scripted-wallet.ts";

const nats = withNatsServer();
let edge: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge(nats.url);
});

const raw = rawTx(1);
const bytes = Buffer.from(raw, "hex");
const txid = Buffer.from(sha256Hex(Buffer.from(sha256Hex(bytes), "hex")), "hex")
  .reverse()
  .toString("hex");
const atomicBeef = Buffer.concat([
  Buffer.from("01010101", "hex"),
  Buffer.from(txid, "hex").reverse(),
  Buffer.from("0200beef000100", "hex"),
  bytes,
]);
const mode = { optionId: "choiceID0", transactions: [raw], ancestors: null };

/** Bodies of senders in use that fit no vocabulary whole, and what their senders are told. */
const payments: readonly (readonly [name: string, body: unknown, warning: string])[] = [
  [
    "a mode under its id (BRC-54)",
    { modeId: "ef63d9775da5", mode: { ef63d9775da5: mode } },
    "body.mode.transactions: must be a list",
  ],
  [
    "AtomicBEEF in base64 (BRC-105)",
    { derivationPrefix: "AA==", transaction: atomicBeef.toString("base64") },
    "body.transaction: must be hexadecimal, two digits for each byte",
  ],
  [
    "a list of bytes (BRC-29)",
    { customInstructions: {}, transaction: [...atomicBeef], amount: 1 },
    "body.transaction: must be hexadecimal, two digits for each byte",
  ],
  ["paymail's BEEF", { beef: atomicBeef.subarray(36).toString("hex"), reference: "r" }, ""],
  ["a misspelled member", { rawtx: raw }, "body.rawtx: is spelled rawTx"],
  ["a long refund address", { rawTx: raw, refundTo: "a".repeat(101) }, "body.refundTo: at most 100 characters"],
  ["no transaction", { memo: "cash" }, "body: has none of modeId, mode, transaction, rawTx, ancestry, spvEnvelope"],
  ["a transaction that is none", { rawTx: "00" }, "body: has no transaction that the server can read"],
  ["a list", [], "body: must be an object"],
  ["nothing odd", { rawTx: raw }, ""],
];

const acknowledge: Script = (key) => (key === "payment" ? ["payment.ack", '{"memo":"thanks"}'] : null);

async function sayAndHearReceipt(peer: Peer, key: string, body: unknown, correlationId = ""): Promise<string> {
  sayText(peer, key, JSON.stringify(body), correlationId);
  return headerOf(await peer.hear("receipt"), "x-p4-warning");
}

describe("a body is not the server's to judge", () => {
  it.each(payments)(
    "a payment with %s passes on a socket; the receipt tells what was not recognised",
    async (_, body, warning) => {
      const channelId = newChannelId();
      const merchant = await joinScripted(edge, channelId, () => null);
      const wallet = await edge.join(`${channelId}?role=customer&receipts=true&dialect=p4`);
      expect(await sayAndHearReceipt(wallet, "payment", body)).toBe(warning);
      await merchant.hear("payment");
      expect(bodyTextOf(merchant, "payment")).toBe(JSON.stringify(body));
      expect(wallet.keys).not.toContain("error");
    },
  );

  it.each(payments)(
    "a payment with %s passes over HTTP; a header tells what was not recognised",
    async (_, body, warning) => {
      const channelId = newChannelId();
      const merchant = await joinScripted(edge, channelId, acknowledge);
      const answer = await post(paymentUrl(edge, channelId), JSON.stringify(body));
      expect(answer.status).toBe(201);
      expect(answer.headers.get("x-p4-warning") ?? "").toBe(warning);
      expect(bodyTextOf(merchant, "payment")).toBe(JSON.stringify(body));
    },
  );

  it.each([
    [
      "modes as a list",
      { modes: [{ mode: "HybridPaymentMode", outputs: [] }], outputs: [] },
      "body.modes: must be an object",
    ],
    [
      "outputs with addresses",
      { outputs: [{ amount: 5, address: "1abc" }] },
      "body.outputs[0].script: must be hexadecimal, two digits for each byte",
    ],
    [
      "an amount in text",
      { outputs: [{ amount: "5", script: "51" }] },
      "body.outputs[0].amount: must be a whole number, 0 or more",
    ],
    ["an open amount", { outputs: [{ script: "51" }] }, "body.outputs[0].amount: must be a whole number, 0 or more"],
    ["a memo that is an object", { outputs: [], memo: {} }, "body.memo: must be text or null"],
    ["a signed envelope", { payload: "{}", signature: null, publicKey: null }, ""],
  ])("terms with %s pass", async (_, body, warning) => {
    const channelId = newChannelId();
    const merchant = await edge.join(`${channelId}?role=merchant&receipts=true&dialect=p4`);
    const customer = await edge.join(`${channelId}?role=customer&dialect=p4`);
    expect(await sayAndHearReceipt(merchant, "paymentrequest.response", body)).toBe(warning);
    await customer.hear("paymentrequest.response");
    expect(bodyTextOf(customer, "paymentrequest.response")).toBe(JSON.stringify(body));
  });

  it("nothing is told to who did not ask for receipts", async () => {
    const channelId = newChannelId();
    const merchant = await joinScripted(edge, channelId, () => null);
    const wallet = await edge.join(`${channelId}?role=customer&dialect=p4`);
    sayText(wallet, "payment", '{"rawtx":"00"}');
    await merchant.hear("payment");
    expect(wallet.keys).toEqual(["join.success"]);
  });
});
