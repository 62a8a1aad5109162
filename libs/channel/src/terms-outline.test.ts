import { expect, test } from "vitest";
import { outlineOfTerms } from "./terms-outline.ts";

const terms = (body: unknown) =>
  outlineOfTerms({
    key: "paymentrequest.response",
    dialect: "p4",
    raw: JSON.stringify({ key: "paymentrequest.response", body }),
    messageId: "1",
    correlationId: "",
  });
const output = (amount: number) => ({ amount, script: "6a" });
const mode = (...outputs: readonly object[]) => ({ transactions: [{ outputs: { native: outputs } }] });

test.each([
  ["BIP270", { outputs: [output(1), output(2)], memo: "tea" }, { satoshis: 3, memo: "tea" }],
  ["DPP", { network: "test", destinations: { outputs: [output(5)] } }, { satoshis: 5, memo: null }],
  ["BRC-27 with one way to pay", { modes: { a: { b: mode(output(4), output(3)) } } }, { satoshis: 7, memo: null }],
  [
    "BRC-27 with a choice",
    { modes: { a: { b: mode(output(4)), c: mode(output(3)) } } },
    { satoshis: null, memo: null },
  ],
  ["an empty memo", { outputs: [output(1)], memo: "" }, { satoshis: 1, memo: null }],
  ["no vocabulary", { hello: 1 }, { satoshis: null, memo: null }],
  ["a text", "text", { satoshis: null, memo: null }],
])("%s", (_name, body, outline) => {
  expect(terms(body)).toEqual(outline);
});

test("a long memo is cut", () => {
  expect(terms({ outputs: [output(1)], memo: "x".repeat(5_000) }).memo).toHaveLength(160);
});

test("a sum that no number holds is not told", () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(terms({ outputs: [output(most), output(most)] }).satoshis).toBe(null);
});
