import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArcCallbacks } from "./arc-callback.ts";
import { parseBeef } from "./beef.ts";
import { parseBump } from "./bump.ts";
import { bumpMerkleRoot } from "./bump-root.ts";
import { hexToBytes } from "./bytes.ts";
import { isSpvError, type SpvErrorCode } from "./errors.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { readGoAncestry } from "./go-ancestry.ts";
import { paymentTransactionId } from "./payment-transaction-id.ts";
import { verifyProofCallback } from "./proof-callback.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { signEnvelope } from "./sign-envelope.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { parseStrictJson } from "./strict-json.ts";
import { parseTransaction } from "./transaction.ts";
import { encodeTscBinary, parseTscBinary } from "./tsc-binary.ts";
import { parseTscProof } from "./tsc-proof.ts";
import { VERIFY_IF_SIGNED } from "./verify-envelope.ts";
import { verifyTscProof } from "./verify-tsc.ts";

// The same cases on every machine; others where more of them are asked for.
if (process.env["FUZZ_CASES"] === undefined) fc.configureGlobal({ seed: 20_261_129 });

/** `npm run fuzz -- --cases 100000` asks for more. */
const RUNS_PER_DECODER = Math.ceil(Number(process.env["FUZZ_CASES"] ?? 30_000) / 10);
const BIGGEST_GROWTH_BYTES = 256 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What is kept, however much of the rest the runtime has thrown away by itself. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Every signature holds, so that mutated payloads reach the decoders behind the signature. */
const trustingCrypto: SpvCrypto = {
  sha256: (data) => createHash("sha256").update(data).digest(),
  verifyEcdsaSha256: () => true,
};

const messages = loadVectors("dpp-messages");
const envelopeCases = (loadVectors("envelopes").cases as VectorCase[]).filter((each) => each.input.envelope);
const tscCases = (loadVectors("tsc-proofs").cases as VectorCase[]).filter((each) => each.binary !== undefined);
const bumpCases = (loadVectors("bump").cases as VectorCase[]).filter((each) => each.expected.verdict === "valid");
const transactions = Object.values(messages.transactions as Record<string, { rawTx: string }>);
const payments = ["bip270", "p4v007", "dppV0111", "brc27"].map((name) => JSON.stringify(messages.bodies[name].payment));

const bytesOf = (hexes: readonly string[]): Uint8Array[] => hexes.map((hex) => hexToBytes(hex, "corpus"));

/** Counts that are a little off, and long forms of small numbers. */
const spikes = fc.constantFrom("00", "01", "02", "03", "fd0000", "fd0100", "01000000");
const byteMutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 40 }),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    spikes.map((hex) => hexToBytes(hex, "spike")),
  ),
});
const tokens = fc.constantFrom(
  ...[
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "-1",
    "1e400",
    "0.5",
    "9007199254740993",
    '"*"',
    "\u0000",
    "\ud800",
  ],
  ...['"__proto__":{}', '"payload":"",', "\ufeff", '"nodes":[],', "[".repeat(100), '"index":1,'],
);
const textMutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 20 }),
  insert: fc.oneof(tokens, fc.string({ maxLength: 6 })),
});

function mutatedBytes(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .tuple(fc.constantFrom(...corpus), fc.array(byteMutation, { minLength: 1, maxLength: 3 }))
    .map(([seed, mutations]) =>
      mutations.reduce((bytes, { at, drop, insert }) => {
        const start = Math.floor(at * bytes.length);
        return Uint8Array.from([...bytes.subarray(0, start), ...insert, ...bytes.subarray(start + drop)]);
      }, seed),
    );
  return fc.oneof({ weight: 9, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) });
}

function mutatedText(corpus: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(textMutation, { minLength: 1, maxLength: 3 }))
    .map(([seed, mutations]) =>
      mutations.reduce((text, { at, drop, insert }) => {
        const start = Math.floor(at * text.length);
        return text.slice(0, start) + insert + text.slice(start + drop);
      }, seed),
    );
}

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(-1, 0.5, 2 ** 53, 2 ** 31, 7, null, "", "*", [], {}, ["*"], ["*", 1], true, "hash"),
  fc.string({ maxLength: 70 }),
);

/** Still an object, with one of its members replaced: reaches what text mutations die before. */
function mutatedMember(corpus: readonly object[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.tuple(fc.constantFrom(...corpus), fc.nat(), oddValue).map(([seed, which, value]) => {
    const names = Object.keys(seed);
    return { ...seed, [names[which % names.length]!]: value };
  });
}

function mutatedJson(corpus: readonly object[]): fc.Arbitrary<string> {
  const texts = corpus.map((each) => JSON.stringify(each));
  return fc.oneof(
    mutatedText(texts),
    mutatedMember(corpus).map((each) => JSON.stringify(each)),
  );
}

/** Runs a decoder; every refusal must be typed. Returns the codes seen and how often the input passed. */
function fuzz<T>(inputs: fc.Arbitrary<T>, decode: (input: T) => unknown): Set<SpvErrorCode | "passed"> {
  const outcomes = new Set<SpvErrorCode | "passed">();
  const before = heldBytes();
  fc.assert(
    fc.property(inputs, (input) => {
      try {
        decode(input);
        outcomes.add("passed");
      } catch (error) {
        if (!isSpvError(error)) throw error;
        outcomes.add(error.code);
      }
    }),
    { numRuns: RUNS_PER_DECODER },
  );
  expect(heldBytes() - before).toBeLessThan(BIGGEST_GROWTH_BYTES);
  return outcomes;
}

/** The mutated payload stands in an envelope that is itself intact. */
function callbackBody(payload: string): string {
  const { signature, publicKey } = envelopeCases[0]!.input.envelope;
  return JSON.stringify({ payload, signature, publicKey, encoding: "UTF-8" });
}

const callbackOptions = (crypto: SpvCrypto) => ({
  expectedTxid: messages.transactions.T.txid as string,
  policy: VERIFY_IF_SIGNED,
  crypto,
});

describe("decoders under mutated input", () => {
  it("strict JSON agrees with JSON.parse or refuses", () => {
    const corpus = [...payments, '{"a":[{"b":"\\u0041"}],"c":null}'];
    const outcomes = fuzz(mutatedText(corpus), (text) => expect(parseStrictJson(text, "x")).toEqual(JSON.parse(text)));
    expect(outcomes).toContain("SPV_JSON_INVALID");
  });

  it("envelopes", () => {
    const corpus = envelopeCases.slice(0, 30).map((each) => each.input.envelope as object);
    const options = callbackOptions(trustingCrypto);
    expect(fuzz(mutatedJson(corpus), (body) => verifyProofCallback(body, options))).toContain("SPV_ENVELOPE_INVALID");
  });

  it("callback payloads", () => {
    const corpus = envelopeCases.slice(1, 11).map((each) => JSON.parse(each.input.envelope.payload) as object);
    const options = callbackOptions(trustingCrypto);
    const outcomes = fuzz(mutatedJson(corpus), (payload) => verifyProofCallback(callbackBody(payload), options));
    expect(outcomes).toContain("SPV_CALLBACK_REASON_UNKNOWN");
  });

  it("TSC proofs from JSON values", () => {
    const proofs = mutatedMember(
      tscCases.map((each) => ({ proofType: "branch", composite: false, ...each.input.proof })),
    );
    const outcomes = fuzz(proofs, (proof) => verifyTscProof(parseTscProof(proof), {}, trustingCrypto));
    expect(outcomes).toContain("SPV_PROOF_POSITION_INVALID");
  });

  it("TSC binaries: what decodes encodes to the same bytes", () => {
    const corpus = bytesOf(tscCases.map((each) => each.binary!));
    const outcomes = fuzz(mutatedBytes(corpus), (bytes) => {
      expect(encodeTscBinary(parseTscBinary(bytes))).toEqual(Uint8Array.from(bytes));
    });
    expect(outcomes).toContain("passed");
  });

  it("BUMPs", () => {
    const corpus = bytesOf(bumpCases.map((each) => each.input.bump));
    const outcomes = fuzz(mutatedBytes(corpus), (bytes) => bumpMerkleRoot(parseBump(bytes), trustingCrypto));
    expect(outcomes).toContain("SPV_BUMP_INVALID");
  });

  it("transactions: what parses is its own serialisation", () => {
    const corpus = bytesOf([...transactions.map((each) => each.rawTx), messages.formats.extendedFormat]);
    expect(fuzz(mutatedBytes(corpus), (bytes) => parseTransaction(bytes, trustingCrypto))).toContain("passed");
  });

  it("BEEFs", () => {
    const corpus = bytesOf([messages.formats.beef, messages.formats.atomicBeef]);
    expect(fuzz(mutatedBytes(corpus), (bytes) => parseBeef(bytes))).toContain("SPV_BEEF_INVALID");
  });

  it("Go ancestries and payment bodies", () => {
    const corpus = bytesOf([messages.formats.goBcAncestry]);
    fuzz(mutatedBytes(corpus), (bytes) => readGoAncestry(bytes, trustingCrypto));
    const outcomes = fuzz(mutatedText(payments), (body) => paymentTransactionId(body, trustingCrypto));
    expect([...outcomes]).toEqual(["passed"]);
  });

  it("ARC callbacks", () => {
    const corpus = Object.values(messages.arcCallbacks as Record<string, object>);
    const outcomes = fuzz(mutatedJson(corpus), (body) => parseArcCallbacks(body, trustingCrypto));
    expect(outcomes).toContain("SPV_ARC_CALLBACK_INVALID");
  });
});

describe("signatures", () => {
  it("verify for any payload and for no other", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (memo) => {
        const payload = JSON.stringify({ callbackTxId: messages.transactions.T.txid, memo });
        const body = JSON.parse(signEnvelope(payload, "22".repeat(32))) as { payload: string };
        const read = (text: string) => () =>
          verifyProofCallback(JSON.stringify({ ...body, payload: text }), callbackOptions(sdkCrypto));
        expect(read(payload)).toThrow(expect.objectContaining({ code: "SPV_CALLBACK_REASON_UNKNOWN" }));
        expect(read(`${payload} `)).toThrow(expect.objectContaining({ code: "SPV_SIGNATURE_INVALID" }));
      }),
      { numRuns: 50 },
    );
  });
});
