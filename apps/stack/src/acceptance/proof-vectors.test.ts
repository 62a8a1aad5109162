import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isDecided } from "./test-support/decisions.ts";
import { newChannelId } from "./test-support/edge-server.ts";
import { nothingKept, postCallback, withProofServers } from "./test-support/proof-servers.ts";
import {
  bumps,
  envelopeBody,
  envelopes,
  messages,
  published,
  tscProofs,
  unsignedEnvelope,
} from "./test-support/vectors.ts";
import type { VectorCase } from "./test-support/vectors.ts";

const servers = withProofServers();

const received = { status: 201, states: ["received"] };
const retryLater = { status: 503, code: "SPV_HEADER_UNKNOWN", ...nothingKept };

describe("envelopes.json, posted to /proofs/:txid", () => {
  const cases = envelopes.cases as VectorCase[];
  const isUnknownBlock = ({ name, expected }: VectorCase) =>
    name === "seed-example-as-printed" || expected.verdict === "needs-header";
  const post = (server: "lenient" | "strict", { input }: VectorCase) =>
    postCallback(servers[server], input.path.txid, envelopeBody(input));

  it("judges 69 cases, 2 of them as was decided", () => {
    expect(cases).toHaveLength(69);
    expect(cases.filter(({ name }) => isDecided(name))).toHaveLength(2);
  });

  it.each(cases.filter((each) => each.expected.verdict === "accept" && !isUnknownBlock(each)))(
    "$name: 201, verified",
    async (testCase) => {
      for (const server of ["lenient", "strict"] as const) {
        expect(await post(server, testCase)).toMatchObject({ status: 201 });
      }
      const read = await servers.lenient.get(`/proofs/${testCase.input.path.txid}`);
      expect(JSON.parse(read.text)).toMatchObject({ state: "verified" });
    },
  );

  it.each(cases.filter(isUnknownBlock))("$name: 201 and received; 503 where headers are required", async (testCase) => {
    expect(await post("lenient", testCase)).toMatchObject({ status: 201 });
    expect(await post("strict", testCase)).toMatchObject(retryLater);
    const read = await servers.lenient.get(`/proofs/${testCase.input.path.txid}`);
    expect(JSON.parse(read.text)).toMatchObject({ state: "received" });
  });

  it.each(cases.filter((each) => each.expected.verdict === "reject" && !isDecided(each.name)))(
    "$name: refused, nothing kept",
    async (testCase) => {
      const refused = { status: testCase.expected.http, code: expect.stringMatching(/^(SPV|HTTP)_/), ...nothingKept };
      expect(await post("lenient", testCase)).toEqual(refused);
      expect(await post("strict", testCase)).toEqual(refused);
    },
  );

  it("double-spend-attempt: 201, heard by the merchant alone, and no proof", async () => {
    const { input } = cases.find(({ name }) => name === "double-spend-attempt") as VectorCase;
    const id = newChannelId();
    const merchant = await servers.strict.join(`${id}?role=merchant&dialect=p4`);
    const customer = await servers.strict.join(`${id}?role=customer&dialect=p4`);
    const answer = await servers.strict.post(`/proofs/${input.path.txid}?i=${id}`, envelopeBody(input));
    expect(answer.status).toBe(201);
    expect(await merchant.hear("doublespend.notify")).toMatchObject({ body: input.envelope });
    // What is accepted later is heard by both: nothing came to the customer before it.
    const proof = cases.find(({ name }) => name === "hash-target-default") as VectorCase;
    await servers.strict.post(`/proofs/${proof.input.path.txid}?i=${id}`, envelopeBody(proof.input));
    await customer.hear("proof.create");
    expect(customer.keys).toEqual(["join.success", "proof.create"]);
    expect(merchant.keys).toEqual(["join.success", "doublespend.notify", "proof.create"]);
  });

  it.each(["object-payload-header-target", "non-ascii-payload", "payload-30-kilobytes"])(
    "%s: proof.create at both wallets, each in its dialect, the envelope unchanged",
    async (name) => {
      const { input } = cases.find((each) => each.name === name) as VectorCase;
      const { txid } = input.path;
      const id = newChannelId();
      const merchant = await servers.lenient.join(`${id}?internal=true`);
      const customer = await servers.lenient.join(`${id}?dialect=p4`);
      const body = envelopeBody(input);
      expect((await servers.lenient.post(`/api/v1/proofs/${txid}?i=${id}`, body)).status).toBe(201);
      const common = { correlationId: txid, channelId: id, appId: "dpp" };
      const go = await merchant.hear("proof.create");
      expect(go).toMatchObject({ type: "proof.create", ...common, body: JSON.parse(body) });
      expect(go["headers"]).toMatchObject({ "X-Tx-Id": [txid] });
      const document = await customer.hear("proof.create");
      expect(document).toMatchObject({ key: "proof.create", correlationID: txid, channelID: id });
      expect(document["headers"]).toMatchObject({ "X-Tx-Id": txid });
      // The signature covers these bytes: they arrive as they were posted.
      for (const text of [merchant.texts[1], customer.texts[1]]) expect(text).toContain(`"body":${body}`);
    },
  );
});

/** What the URL of the callback names: the transaction asked for, else the one that the proof claims. */
function claimedTxid({ input }: VectorCase): string {
  const claimed: unknown = input.expectTxid ?? input.proof?.txOrId;
  if (typeof claimed !== "string") return "ab".repeat(32);
  if (claimed.length > 64) return sha256d(Buffer.from(claimed, "hex")).reverse().toString("hex");
  return /^[0-9a-f]{64}$/i.test(claimed) ? claimed.toLowerCase() : "ab".repeat(32);
}

function sha256d(bytes: Uint8Array): Buffer {
  const once = createHash("sha256").update(bytes).digest();
  return createHash("sha256").update(once).digest();
}

function tscCallback(testCase: VectorCase): string {
  const callbackTxId = claimedTxid(testCase);
  return unsignedEnvelope({ callbackPayload: testCase.input.proof, callbackTxId, callbackReason: "merkleProof" });
}

describe("tsc-proofs.json, in unsigned envelopes", () => {
  const cases = tscProofs.cases as VectorCase[];
  const roots = new Set(Object.values<string>(tscProofs.headers).map((header) => header.slice(72, 136)));
  const isKnown = ({ expected, input }: VectorCase) =>
    roots.has(Buffer.from(expected.merkleRoot, "hex").reverse().toString("hex")) ||
    Object.values<string[]>(bumps.knownRoots).flat().includes(expected.merkleRoot) ||
    input.proof.targetType === "header";

  it("judges 76 cases", () => expect(cases).toHaveLength(76));

  it.each(cases.filter(({ expected }) => expected.verdict === "valid"))("$name: valid", async (testCase) => {
    const { merkleRoot } = testCase.expected;
    const verified = { status: 201, merkleRoot };
    const body = tscCallback(testCase);
    expect(await postCallback(servers.lenient, claimedTxid(testCase), body)).toMatchObject(verified);
    // A root target names no block; whether one has this root is known or not.
    const strict = await postCallback(servers.strict, claimedTxid(testCase), body);
    expect(strict).toMatchObject(isKnown(testCase) ? verified : retryLater);
  });

  it.each(cases.filter(({ expected }) => expected.verdict === "needs-header"))("$name: unknown block", async (each) => {
    expect(await postCallback(servers.lenient, claimedTxid(each), tscCallback(each))).toMatchObject(received);
    expect(await postCallback(servers.strict, claimedTxid(each), tscCallback(each))).toMatchObject(retryLater);
  });

  it.each(cases.filter(({ expected }) => expected.verdict === "invalid"))("$name: refused", async (testCase) => {
    const refused = { status: 400, code: expect.stringMatching(/^SPV_/), ...nothingKept };
    const txid = claimedTxid(testCase);
    expect(await postCallback(servers.strict, txid, tscCallback(testCase))).toEqual(refused);
    const lenient = await postCallback(servers.lenient, txid, tscCallback(testCase));
    // Its branch holds; only the chain could tell that this header lacks proof of work.
    if (testCase.name === "header-without-proof-of-work") expect(lenient).toMatchObject(refused);
    else expect(lenient).toEqual(refused);
  });
});

describe("bump.json, as ARC's MINED", () => {
  const cases = bumps.cases as VectorCase[];
  const arcBody = ({ input }: VectorCase) =>
    JSON.stringify({ txid: input.txid, txStatus: "MINED", merklePath: input.bump });

  it("judges 23 cases", () => expect(cases).toHaveLength(23));

  it.each(cases.filter(({ expected }) => expected.verdict === "valid"))("$name: proof", async (testCase) => {
    for (const server of [servers.byHeight, servers.strict]) {
      const verdict = await postCallback(server, testCase.input.txid, arcBody(testCase));
      expect(verdict).toMatchObject({ status: 201, merkleRoot: testCase.expected.merkleRoot });
    }
  });

  it.each(cases.filter(({ expected }) => expected.verdict === "invalid"))("$name: refused", async (testCase) => {
    for (const server of [servers.byHeight, servers.strict, servers.lenient]) {
      const verdict = await postCallback(server, testCase.input.txid, arcBody(testCase));
      expect(verdict).toEqual({ status: 400, code: expect.stringMatching(/^SPV_/), ...nothingKept });
    }
  });
});

describe("the ARC callbacks of dpp-messages.json", () => {
  const cases = (messages.cases as VectorCase[]).filter(({ group }) => group === "arc");
  const post = ({ input }: VectorCase) =>
    postCallback(servers.strict, input.path.txid, JSON.stringify(input.body), {
      "content-type": input.headers["Content-Type"],
      authorization: input.headers["Authorization"],
    });

  it("judges 6 cases", () => expect(cases).toHaveLength(6));

  it.each(cases)("$name", async (testCase) => {
    const verdict = await post(testCase);
    const wanted = {
      proof: { status: 201, merkleRoot: testCase.expected.merkleRoot, notices: [] },
      // An unknown status is noted and answered with 2xx: ARC adds names.
      "no-proof": { status: 201, states: [], notices: [testCase.input.body.txStatus] },
      reject: { status: 400, ...nothingKept },
    }[String(testCase.expected.verdict)];
    expect(verdict).toMatchObject(wanted ?? {});
  });

  it.each(Object.keys(messages.arcCallbacks))("the %s sample is taken", async (name) => {
    const sample = messages.arcCallbacks[name];
    const body = JSON.stringify(sample);
    const id = await servers.lenient.openChannel();
    const path = name === "batch" ? `/callbacks?i=${id}` : `/proofs/${sample.txid}?i=${id}`;
    expect(await servers.lenient.post(path, body)).toMatchObject({ status: 201 });
  });
});

describe("third-party-spec-examples.json", () => {
  const callbackOf = (each: VectorCase) => ({
    callbackPayload: each.input.proof,
    callbackTxId: claimedTxid(each),
    callbackReason: "merkleProof",
  });

  it.each(published.tsc as VectorCase[])("TSC $name", async (each) => {
    const callback = each.input.callback ?? callbackOf(each);
    for (const server of [servers.lenient, servers.strict]) {
      const verdict = await postCallback(server, callback.callbackTxId, unsignedEnvelope(callback));
      expect(verdict).toMatchObject({ status: 201, merkleRoot: each.expected.merkleRoot });
    }
  });

  it.each(published.bump as VectorCase[])("BUMP $name", async ({ input, expected }) => {
    const body = JSON.stringify({ txid: input.txid, txStatus: "MINED", merklePath: input.bump });
    const verdict = await postCallback(servers.strict, input.txid, body);
    expect(verdict).toMatchObject({ status: 201, merkleRoot: expected.merkleRoot });
  });

  const signed = (published.envelopes as VectorCase[]).filter(({ expected }) => expected.signature === "valid");
  it.each(signed)("envelope $name: its signature holds, but it is no callback", async ({ input: { envelope } }) => {
    const post = (body: object) => postCallback(servers.lenient, "ab".repeat(32), JSON.stringify(body));
    const asPrinted = await post(envelope);
    expect(asPrinted).toMatchObject({ status: 400, ...nothingKept });
    expect(asPrinted.code).not.toMatch(/SIGNATURE/);
    // An image is refused as such before its signature is checked.
    if (envelope.encoding === "base64") return;
    const publicKey = `03${envelope.publicKey.slice(2)}`;
    expect(await post({ ...envelope, publicKey })).toMatchObject({ status: 400, code: "SPV_SIGNATURE_INVALID" });
  });

  const unsigned = (published.envelopes as VectorCase[]).filter(({ input }) => input.payload !== undefined);
  it.each(unsigned)("callback $name", async ({ name, input: { payload } }) => {
    const verdict = await postCallback(servers.lenient, payload.callbackTxId, unsignedEnvelope(payload));
    // `flags` and a block as target: mAPI's own form, which is a proof as much as TSC's.
    const merkleRoot = name.endsWith("non-tsc") ? payload.callbackPayload.target.merkleroot : undefined;
    const notices = merkleRoot === undefined ? [payload.callbackReason] : [];
    expect(verdict).toMatchObject({ status: 201, merkleRoot, notices });
  });
});
