import { describe, expect, it } from "vitest";
import { hexToBytes } from "./bytes.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { paymentTransactionId, subjectTransaction } from "./payment-transaction-id.ts";
import { sdkCrypto } from "./sdk-crypto.ts";

const vectors = loadVectors("dpp-messages");
const examples = loadVectors("third-party-spec-examples");
const { txid, rawTx } = vectors.transactions.T;
const idOf = (body: unknown): string | null => paymentTransactionId(JSON.stringify(body), sdkCrypto);

/** The one-byte count at that digit, one higher. */
function withCountAt(hex: string, at: number): string {
  const count = Number.parseInt(hex.slice(at, at + 2), 16) + 1;
  return hex.slice(0, at) + count.toString(16).padStart(2, "0") + hex.slice(at + 2);
}

describe("paymentTransactionId", () => {
  it.each(["bip270", "p4v007", "dppV0111", "brc27"])("reads the %s vocabulary", (name) => {
    expect(idOf(vectors.bodies[name].payment)).toBe(txid);
  });

  it("reads the P4 envelope without a rawTx beside it", () => {
    const { rawTx: _, ...payment } = vectors.bodies.p4v007.payment;
    expect(idOf(payment)).toBe(txid);
  });

  it.each(["beef", "atomicBeef", "extendedFormat"])("reads the %s serialisation", (format) => {
    expect(idOf({ rawTx: vectors.formats[format] })).toBe(txid);
    expect(subjectTransaction(hexToBytes(vectors.formats[format], "tx"), sdkCrypto).txid).toBe(txid);
  });

  it("reads a BEEF that stands alone in ancestry", () => {
    expect(idOf({ ancestry: vectors.formats.beef })).toBe(txid);
  });

  it.each(examples.beef as VectorCase[])("reads the published $name", ({ input, expected }) => {
    expect(idOf({ transaction: input.beef })).toBe(expected.txid);
  });

  it.each((vectors.cases as VectorCase[]).filter((each) => each.expected.txid !== undefined))(
    "payment vector $name",
    ({ input, expected }) => {
      expect(idOf(input.payment)).toBe(expected.txid);
    },
  );

  it.each([
    ["empty", ""],
    ["not hex", "zz".repeat(60)],
    ["odd", rawTx.slice(1)],
    ["truncated", rawTx.slice(0, -8)],
    ["with a byte after the end", `${rawTx}00`],
    ["one input short of its count", withCountAt(rawTx, 8)],
    ["a BEEF that is one BUMP short of its count", withCountAt(vectors.formats.beef, 8)],
  ])("is null for a transaction that is %s", (_, text) => {
    expect(idOf({ rawTx: text })).toBeNull();
  });

  it.each(["", "null", "[]", "{", '{"rawTx":1}', '{"mode":{"transactions":[null]}}', "[".repeat(1_000)])(
    "is null for the body %.40s",
    (body) => {
      expect(paymentTransactionId(body, sdkCrypto)).toBeNull();
    },
  );
});
