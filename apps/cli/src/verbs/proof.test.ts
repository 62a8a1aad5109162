import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { paymentTxid } from "@p4/channel/testing";
import { nodeCrypto } from "@p4/node-crypto";
import { ProofStore, recordCallback, WaitingProofs } from "@p4/proofs";
import { bytesToDisplayHash, displayHashToBytes, merkleParent, NO_HEADERS } from "@p4/spv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (...args: readonly string[]) => runP4(args, { env: log.env });

const blockHash = "aa".repeat(32);
const sibling = "a1".repeat(32);
const merkleRoot = bytesToDisplayHash(
  merkleParent(displayHashToBytes(paymentTxid, "txid"), displayHashToBytes(sibling, "sibling"), nodeCrypto),
);
const payload = {
  callbackPayload: { index: 0, txOrId: paymentTxid, target: blockHash, nodes: [sibling] },
  apiVersion: "1.5.0",
  blockHash,
  blockHeight: 100,
  callbackTxId: paymentTxid,
  callbackReason: "merkleProof",
};
const envelope = { signature: null, publicKey: null, encoding: "UTF-8", mimetype: null };
const bodyText = JSON.stringify({ payload: JSON.stringify(payload), ...envelope });

let headers: Server;
let headersUrl = "";

beforeAll(async () => {
  headers = createServer((_request, response) =>
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ header: { merkleRoot }, state: "LONGEST_CHAIN", height: 100 })),
  );
  await new Promise<void>((resolve) => headers.listen(0, "127.0.0.1", resolve));
  headersUrl = `http://127.0.0.1:${(headers.address() as AddressInfo).port}`;
  await log.record("inv1", said("OfferTerms"), said("SubmitPayment"), said("AcceptPayment"));
  const rules = {
    signaturePolicy: { kind: "verify-if-signed" },
    takesUnsignedArc: true,
    headerPolicy: "accept-unknown",
    awaitsHeaders: false,
    headers: NO_HEADERS,
    crypto: nodeCrypto,
  } as const;
  const { registry, proofs, strayProofs } = log.node;
  const services = {
    registry,
    store: new ProofStore(proofs, strayProofs),
    waiting: new WaitingProofs(proofs),
    rules,
    nowMs: Date.now,
  };
  await recordCallback({ channelId: "inv1", expectedTxid: paymentTxid, bodyText }, services);
});
afterAll(() => headers.close());

describe("p4 proof requeue", () => {
  it("changes nothing while the block is unknown", async () => {
    const { exitCode, json } = await p4("proof", "requeue", paymentTxid, "--json");
    expect([exitCode, json()]).toMatchObject([0, { proofs: [{ was: "received", outcome: "unchanged" }] }]);
  });

  it("delivers the proof as verified once its header is known", async () => {
    const { exitCode, out } = await p4("proof", "requeue", paymentTxid, "--headers", headersUrl);
    expect([exitCode, out]).toEqual([0, expect.stringContaining("stored, now verified")]);
    const { proofs } = (await log.node.registry.read("inv1")).snapshot.context;
    expect(proofs.map(({ data }) => data.proof.status)).toEqual(["received", "verified"]);
    const again = await p4("proof", "requeue", paymentTxid, "--headers", headersUrl, "--json");
    expect(again.json()).toMatchObject({ proofs: [{ was: "verified", outcome: "unchanged" }] });
  });

  it("tells that nothing is stored", async () => {
    const { exitCode, err } = await p4("proof", "requeue", "00".repeat(32));
    expect([exitCode, err]).toEqual([1, expect.stringContaining("no proof of")]);
  });
});
