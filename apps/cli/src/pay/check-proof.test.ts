import { sdkCrypto } from "@p4/spv";
import { expect, it } from "vitest";
import { headersWith, proofOf } from "../test-support/test-chain.ts";
import { checkProof } from "./check-proof.ts";

const txid = "ab".repeat(32);

it("says whether the headers know the block, and judges without them", async () => {
  const { bodyText, merkleRoot } = proofOf(txid);
  const proof = { txid, merkleRoot, blockHeight: 200, signer: null };
  const asked = await checkProof(bodyText, txid, headersWith(merkleRoot), sdkCrypto);
  expect(asked).toMatchObject({ ok: true, proof: { ...proof, header: "confirmed" } });
  expect(await checkProof(bodyText, txid, null, sdkCrypto)).toMatchObject({
    ok: true,
    proof: { ...proof, header: "not asked" },
  });
});

// A server may relay anything: the wallet goes on waiting for a proof that holds.
it.each([
  ["a text", '"mined"', "proof: must be a JSON object"],
  ["no JSON", "<html>", "proof: not JSON"],
  ["nothing", "", "proof: not JSON"],
  ["an ARC status without a block", JSON.stringify({ txid, txStatus: "SEEN_ON_NETWORK" }), "proof: is an ARC callback"],
  ["a double spend", doubleSpend(), "proof: tells of a double spend"],
  ["another transaction's proof", proofOf("cd".repeat(32)).bodyText, "callbackTxId: "],
])("%s is no proof, and not a failure", async (_name, bodyText, reason) => {
  const verdict = await checkProof(bodyText, txid, null, sdkCrypto);
  expect(verdict).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
});

function doubleSpend(): string {
  const callbackPayload = { doubleSpendTxId: "ef".repeat(32), payload: "00" };
  const payload = JSON.stringify({ callbackTxId: txid, callbackReason: "doubleSpend", callbackPayload });
  return JSON.stringify({ payload, signature: null, publicKey: null, encoding: "UTF-8", mimetype: "application/json" });
}
