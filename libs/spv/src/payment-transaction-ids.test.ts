import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexToBytes } from "./bytes.ts";
import { encodedBytes } from "./encoded-bytes.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { MAX_PAYMENT_TRANSACTIONS, paymentTransactionIds } from "./payment-transaction-ids.ts";
import { sdkCrypto } from "./sdk-crypto.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const vectors = loadVectors("dpp-messages");
const { txid, rawTx } = vectors.transactions.T;
const others = Object.entries(vectors.transactions as Record<string, { txid: string; rawTx: string }>).filter(
  ([, transaction]) => transaction.txid !== txid,
);
const other = others[0]![1];
const idsOf = (body: unknown): readonly string[] => paymentTransactionIds(JSON.stringify(body), sdkCrypto);
const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const byteList = (hex: string): number[] => [...hexToBytes(hex, "transaction")];

describe("paymentTransactionIds", () => {
  it.each(["bip270", "p4v007", "dppV0111", "brc27"])("reads the %s vocabulary", (name) => {
    expect(idsOf(vectors.bodies[name].payment)).toEqual([txid]);
  });

  it.each((vectors.cases as VectorCase[]).filter((each) => each.expected.txid !== undefined))(
    "payment vector $name",
    ({ input, expected }) => {
      expect(idsOf(input.payment)).toEqual([expected.txid]);
    },
  );

  it.each([
    ["hex", (hex: string) => hex],
    ["hex in capitals", (hex: string) => hex.toUpperCase()],
    ["base64", base64],
    ["base64 without padding", (hex: string) => base64(hex).replace(/=+$/, "")],
    ["base64 of the URL alphabet", (hex: string) => Buffer.from(hex, "hex").toString("base64url")],
    ["a list of bytes", byteList],
    ["Node's Buffer", (hex: string) => Buffer.from(hex, "hex").toJSON()],
  ] as const)("reads %s, in every place and serialisation", (_, write) => {
    const { beef, atomicBeef, extendedFormat } = vectors.formats as Record<string, string>;
    for (const hex of [rawTx, beef, atomicBeef, extendedFormat] as string[]) {
      const written = write(hex);
      for (const name of ["transaction", "rawTx", "beef", "tx", "rawtx", "Transaction"]) {
        expect(idsOf({ [name]: written }), name).toEqual([txid]);
      }
      expect(idsOf({ spvEnvelope: { rawTx: written } })).toEqual([txid]);
      expect(idsOf({ transactions: [written] })).toEqual([txid]);
      expect(idsOf({ modeId: "ef63d9775da5", mode: { transactions: [written] } })).toEqual([txid]);
      expect(idsOf({ mode: { ef63d9775da5: { optionId: "a", transactions: [written] } } })).toEqual([txid]);
    }
  });

  it("reads all transactions of a hybrid payment, in their order, each once, and no ancestors", () => {
    const ancestors = { [other.txid]: { rawtx: other.rawTx } };
    expect(idsOf({ mode: { transactions: [rawTx, other.rawTx, rawTx], ancestors: {} } })).toEqual([txid, other.txid]);
    expect(idsOf({ mode: { transactions: [other.rawTx, rawTx] } })).toEqual([other.txid, txid]);
    expect(idsOf({ mode: { ef63d9775da5: { transactions: [rawTx], ancestors } } })).toEqual([txid]);
  });

  it("takes the mode that modeId names, and leaves out what cannot be read", () => {
    const mode = { a: { transactions: [other.rawTx] }, b: { transactions: ["zz", rawTx, null, {}, rawTx.slice(2)] } };
    expect(idsOf({ modeId: "b", mode })).toEqual([txid]);
    expect(idsOf({ modeId: "c", mode })).toEqual([other.txid]);
  });

  it("goes on where a place is empty", () => {
    expect(idsOf({ rawTx: "", transaction: "zz", ancestry: vectors.formats.beef })).toEqual([txid]);
    expect(idsOf({ mode: { transactions: [] }, transaction: rawTx })).toEqual([txid]);
  });

  it("knows no ids beyond the limit", () => {
    const list = (length: number): unknown => ({ mode: { transactions: Array.from({ length }, () => rawTx) } });
    expect(idsOf(list(MAX_PAYMENT_TRANSACTIONS))).toEqual([txid]);
    expect(idsOf(list(MAX_PAYMENT_TRANSACTIONS + 1))).toEqual([]);
  });

  it.each([
    ["half a byte of hex", rawTx.slice(1)],
    ["text of neither alphabet", `${base64(rawTx)}!`],
    ["one digit too many in base64", base64("00".repeat(3)) + "A"],
    ["truncated", rawTx.slice(0, -8)],
    ["a byte after the end", base64(`${rawTx}00`)],
    ["a list with no byte", [1, 0, 0, 256]],
    ["a list with a fraction", [1, 0.5]],
    ["a list with texts behind bytes", [1, "a"]],
    ["an object of another kind", { type: "Bytes", data: [1] }],
  ])("is empty for %s", (_, transaction) => {
    expect(idsOf({ transaction })).toEqual([]);
  });

  it("reads base64 and lists as Node does, and never throws, whatever a body holds", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(bytes, (data) => {
        for (const text of [Buffer.from(data).toString("base64"), Buffer.from(data).toString("base64url")]) {
          // Text of hexadecimal digits alone is hexadecimal.
          if (!/^[0-9a-f]*$/i.test(text)) expect([...encodedBytes(text, "x", 80)]).toEqual([...data]);
        }
        expect([...encodedBytes([...data], "x", 80)]).toEqual([...data]);
      }),
      { numRuns: 300 },
    );
    const name = fc.constantFrom("mode", "modeId", "rawTx", "transaction", "transactions", "beef", "tx", "ancestry");
    const written = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(rawTx, base64(rawTx), byteList(rawTx)));
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(written, fc.dictionary(name, written))), (body) => {
        for (const found of idsOf(body)) expect(found).toMatch(/^[0-9a-f]{64}$/);
      }),
      { numRuns: 500 },
    );
  });

  it("allocates no more than is allowed", () => {
    const tooLarge = expect.objectContaining({ code: "SPV_TOO_LARGE" }) as Error;
    for (const value of [
      "ab".repeat(11),
      Buffer.alloc(11, 1).toString("base64"),
      Array.from({ length: 11 }, () => 1),
    ]) {
      expect(() => encodedBytes(value, "x", 10)).toThrow(tooLarge);
      expect(encodedBytes(value, "x", 12)).toHaveLength(11);
    }
  });

  it.each(["", "null", "[]", "{", "1", '{"rawTx":1}', '{"mode":{"transactions":[null]}}', '{"__proto__":{"rawTx":1}}'])(
    "is empty for the body %s",
    (body) => {
      expect(paymentTransactionIds(body, sdkCrypto)).toEqual([]);
    },
  );
});
