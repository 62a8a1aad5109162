import { readFileSync } from "node:fs";
import { envelopeBody, type EnvelopeInput } from "@p4/spv/testing";
import { describe, expect, it } from "vitest";
import { proofServer } from "./test-support/proof-server.ts";

interface EnvelopeCase {
  readonly name: string;
  readonly input: EnvelopeInput & { readonly path: { readonly txid: string; readonly i: string } };
  readonly expected: { readonly verdict: "accept" | "reject" | "needs-header"; readonly http?: number | null };
}

const vectors = JSON.parse(readFileSync(new URL("../../spv/vectors/envelopes.json", import.meta.url), "utf8")) as {
  readonly headers: Readonly<Record<string, string>>;
  readonly cases: readonly EnvelopeCase[];
};

async function serve(testCase: EnvelopeCase, headerPolicy: "accept-unknown" | "require") {
  const { txid, i } = testCase.input.path;
  const server = await proofServer({ headerPolicy });
  for (const header of Object.values(vectors.headers)) server.headers.addHex(header);
  const response = await server.post(`/proofs/${txid}?i=${i}`, envelopeBody(testCase.input));
  const events = (await server.events(i)).map(({ type }) => type).filter((type) => type !== "ChannelOpened");
  const read = await server.get(`/proofs/${txid}`);
  const known = read.status === 200 ? (JSON.parse(read.body ?? "") as { state: string | null }) : null;
  expect(server.errors).toEqual([]);
  return { status: response.status, body: response.body, events, state: known?.state };
}

const isNeedsHeader = ({ name, expected }: EnvelopeCase) =>
  name === "seed-example-as-printed" || expected.verdict === "needs-header";
const cases = (wanted: (testCase: EnvelopeCase) => boolean) => vectors.cases.filter(wanted);
const isNotice = ({ name }: EnvelopeCase) => name.startsWith("double-spend");

describe("every envelope of the vectors, posted", () => {
  it("covers them all", () => {
    expect(vectors.cases.length).toBeGreaterThan(60);
    expect(cases(isNeedsHeader).map(({ name }) => name)).toContain("seed-example-as-printed");
    expect(cases(isNotice)).toHaveLength(1);
  });

  it.each(cases(isNeedsHeader))("$name: 201 and received, or 503 when the header is required", async (testCase) => {
    expect(await serve(testCase, "accept-unknown")).toEqual({
      status: 201,
      events: ["ProofRecorded"],
      state: "received",
    });
    expect(await serve(testCase, "require")).toMatchObject({ status: 503, events: [], state: undefined });
  });

  const accepted = cases((each) => each.expected.verdict === "accept" && !isNeedsHeader(each));
  it.each(accepted)("$name: 201 and verified", async (testCase) => {
    const stored = { status: 201, events: ["ProofRecorded"], state: "verified" };
    expect(await serve(testCase, "accept-unknown")).toEqual(stored);
    expect(await serve(testCase, "require")).toEqual(stored);
  });

  it.each(cases(isNotice))("$name: 201, and not a proof", async (testCase) => {
    expect(await serve(testCase, "require")).toEqual({ status: 201, events: ["DoubleSpendReported"], state: null });
  });

  const refused = cases((each) => each.expected.verdict === "reject" && !isNotice(each));
  it.each(refused)("$name: refused with code, field and rule, and nothing stored", async (testCase) => {
    const { status, body, events, state } = await serve(testCase, "accept-unknown");
    expect({ status, events, state }).toEqual({ status: testCase.expected.http, events: [], state: undefined });
    expect(JSON.parse(body ?? "")).toMatchObject({
      status,
      code: expect.stringMatching(/^SPV_/),
      detail: expect.stringMatching(/^[\w, ]+: ./),
    });
  });
});
