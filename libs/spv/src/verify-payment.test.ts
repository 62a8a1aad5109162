import { describe, expect, it } from "vitest";
import { isSpvError } from "./errors.ts";
import { knownHeaders } from "./fixtures/known-headers.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { NO_HEADERS } from "./header-source.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { type PaymentRules, verifyPayment } from "./verify-payment.ts";

const vectors = loadVectors("dpp-messages");
const blocks = vectors.blocks as { height: number; hash: string; header: string; merkleRoot: string }[];
const headers = knownHeaders(
  Object.fromEntries(blocks.map((block) => [block.hash, block.header])),
  Object.fromEntries(
    blocks.map((block) => [block.height, blocks.filter((b) => b.height === block.height).map((b) => b.merkleRoot)]),
  ),
);
/** What a payment must satisfy besides its transactions; the merchant's wallet checks it. */
const MERCHANT_RULES = new Set([
  "payment-expired",
  "payment-merchant-data-missing",
  "payment-payment-reference-of-other-invoice",
]);

interface Request {
  destinations: { outputs: { script: string; amount: number }[] };
  fees: { standard: { miningFee: { satoshis: number; bytes: number } } };
  ancestryRequired: boolean;
}

function rulesOf(request: Request, changes: Partial<PaymentRules> = {}): PaymentRules {
  return {
    outputs: request.destinations.outputs.map(({ script, amount }) => ({ script, satoshis: BigInt(amount) })),
    feeRate: request.fees.standard.miningFee,
    ancestryRequired: request.ancestryRequired,
    headers,
    crypto: sdkCrypto,
    ...changes,
  };
}

const codeOf = (payment: unknown, rules: PaymentRules): Promise<string> =>
  verifyPayment(JSON.stringify(payment), rules).then(
    ({ transaction }) => `accept ${transaction.txid}`,
    (error: unknown) => {
      if (isSpvError(error)) return error.code;
      throw error;
    },
  );

describe("verifyPayment", () => {
  const cases = (vectors.cases as VectorCase[]).filter(
    (each) => each.group === "payment" && !MERCHANT_RULES.has(each.name),
  );
  const good = cases.find((each) => each.name === "payment-ok-beef-in-ancestry")!.input;

  it.each(cases)("vector $name", async ({ input, expected }) => {
    const outcome = await codeOf(input.payment, rulesOf(input.request));
    if (expected.verdict === "accept") expect(outcome).toBe(`accept ${expected.txid}`);
    else expect(outcome).toMatch(/^SPV_/);
  });

  it.each(["bip270", "p4v007", "dppV0111", "brc27"])("accepts the whole payment of the %s vocabulary", async (name) => {
    const ancestryRequired = name !== "bip270";
    const payment = vectors.bodies[name].payment;
    const outcome = await codeOf(payment, rulesOf(good.request, { ancestryRequired }));
    expect(outcome).toBe(`accept ${vectors.transactions.T.txid}`);
  });

  it.each([
    ["payment-ancestry-missing", "SPV_ANCESTRY_MISSING"],
    ["payment-one-satoshi-short", "SPV_PAYMENT_OUTPUT_MISSING"],
    ["payment-fee-zero", "SPV_PAYMENT_FEE_TOO_LOW"],
    ["payment-go-ancestry-parent-missing", "SPV_ANCESTRY_MISSING"],
  ])("refuses %s by name", async (name, code) => {
    const { input } = cases.find((each) => each.name === name)!;
    expect(await codeOf(input.payment, rulesOf(input.request))).toBe(code);
  });

  it("asks to retry when the headers do not know the block", async () => {
    expect(await codeOf(good.payment, rulesOf(good.request, { headers: NO_HEADERS }))).toBe("SPV_HEADER_UNKNOWN");
  });

  it("does not take a BEEF from the ancestry for an empty rawTx", async () => {
    expect(await codeOf({ ...good.payment, rawTx: "" }, rulesOf(good.request))).toBe("SPV_TRANSACTION_INVALID");
  });

  it("refuses a payment that writes another transaction where other vocabularies look", async () => {
    const other = `${good.payment.rawTx.slice(0, -8)}01000000`;
    const accepted = `accept ${vectors.transactions.T.txid}`;
    for (const mode of ["mode", "Mode"]) {
      const both = (...transactions: string[]) => ({ ...good.payment, [mode]: { transactions } });
      expect(await codeOf(both(other), rulesOf(good.request))).toBe("SPV_PAYMENT_INVALID");
      expect(await codeOf(both(good.payment.rawTx), rulesOf(good.request))).toBe(accepted);
      expect(await codeOf(both(), rulesOf(good.request))).toBe(accepted);
    }
  });

  const replaceAt = (hex: string, at: number, digits: string) =>
    hex.slice(0, at) + digits + hex.slice(at + digits.length);

  it("refuses a signature that was changed", async () => {
    const inSignature = 2 * (4 + 1 + 36 + 1 + 20);
    const rawTx = replaceAt(good.payment.rawTx, inSignature, "0000");
    expect(await codeOf({ ...good.payment, rawTx }, rulesOf(good.request))).toBe("SPV_SCRIPT_INVALID");
  });

  it("refuses outputs that are worth more than the inputs", async () => {
    // The last output is the change: its amount stands 8 + 1 + 25 bytes before the lock time.
    const { rawTx } = good.payment;
    const amountAt = rawTx.length - 2 * (4 + 25 + 1 + 8);
    const richer = replaceAt(rawTx, amountAt, "00e1f50500000000");
    expect(await codeOf({ ...good.payment, rawTx: richer }, rulesOf(good.request))).toBe("SPV_PAYMENT_INFLATES");
  });

  it.each([
    { offBy: -1n, outcome: /^accept/ },
    { offBy: 0n, outcome: /^accept/ },
    { offBy: 1n, outcome: "SPV_PAYMENT_OUTPUT_MISSING" },
  ])("takes more where that is allowed, and never less: asked for $offBy more", async ({ offBy, outcome }) => {
    const { request, payment } = good;
    const rules = rulesOf(request);
    const outputs = rules.outputs.map((output) => ({ ...output, satoshis: output.satoshis + offBy, orMore: true }));
    expect(await codeOf(payment, { ...rules, outputs })).toMatch(outcome);
    if (offBy !== 0n) {
      const exactly = outputs.map((output) => ({ ...output, orMore: false }));
      expect(await codeOf(payment, { ...rules, outputs: exactly })).toBe("SPV_PAYMENT_OUTPUT_MISSING");
    }
  });

  it("tells the fee", async () => {
    const { feeSatoshis } = await verifyPayment(JSON.stringify(good.payment), rulesOf(good.request));
    expect(feeSatoshis).toBe(21n);
  });
});
