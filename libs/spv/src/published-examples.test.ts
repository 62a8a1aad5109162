import { describe, expect, it } from "vitest";
import { parseEnvelope } from "./envelope.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { parseMapiCallback } from "./mapi-callback.ts";
import { payloadBytes } from "./payload-bytes.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { hexToBytes } from "./bytes.ts";
import { parseSignature } from "./strict-der.ts";
import { verifyTscProof } from "./verify-tsc.ts";

const examples = (loadVectors("third-party-spec-examples").envelopes as VectorCase[]).slice();
const signed = examples.filter((each) => each.expected.signature === "valid");
const unsigned = (name: string) => JSON.stringify(examples.find((each) => each.name.endsWith(name))!.input.payload);

describe("published envelope examples", () => {
  // One of them carries an image, so the bytes are verified, not a text.
  it.each(signed)("$name verifies", ({ input }) => {
    const envelope = parseEnvelope(JSON.stringify(input.envelope));
    const key = hexToBytes(envelope.publicKey!, "publicKey");
    expect(sdkCrypto.verifyEcdsaSha256(payloadBytes(envelope), parseSignature(envelope.signature!), key)).toBe(true);
  });

  it.each(["doubleSpend", "doubleSpendAttempt"])("the %s callback is read", (reason) => {
    expect(parseMapiCallback(unsigned(`-${reason}`))).toMatchObject({ reason });
  });

  it("the proof in mAPI's own form is read, and climbs to the root that it names", () => {
    const callback = parseMapiCallback(unsigned("non-tsc"));
    if (callback.reason !== "merkleProof") throw new Error("no proof");
    const { blockHash, blockHeight, index } = verifyTscProof(
      callback.proof,
      { expectedTxid: callback.txid },
      sdkCrypto,
    );
    expect([blockHash, blockHeight, index]).toEqual([callback.blockHash, 153, 1]);
  });
});
