import { ensure, ensureEqual, fail, skip, overHttp } from "../check.ts";
import type { HttpAnswer, Kit } from "../kit.ts";
import { headerOf } from "../peer.ts";
import { envelopeVector, envelopeVectors, type EnvelopeVector } from "../envelope-vectors.ts";

const document = "document: POST /proofs/:txid";

export const proofChecks = overHttp([
  {
    id: "proof-to-all",
    title: "The document's own example is answered 201 without body, and reaches everyone as proof.create",
    source: document,
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const example = envelopeVector("seed-example-as-printed");
      const answer = await post(kit, channelId, example);
      ensureEqual(answer.status, 201, "the status");
      ensureEqual(answer.text, "", "the body");
      for (const peer of [merchant, customer]) {
        const heard = await peer.hear("proof.create");
        const { payload } = JSON.parse(heard.message.bodyText ?? "null") as { payload?: unknown };
        ensureEqual(payload, (JSON.parse(example.body) as { payload: string }).payload, "the payload");
        ensureEqual(headerOf(heard, "x-tx-id"), example.txid, "x-tx-id");
        ensureEqual(heard.message.correlationId, example.txid, "the correlation id");
      }
    },
  },
  {
    id: "proof-for-absent",
    title: "A proof for a channel without connections is delivered on the next join",
    source: "defect 6",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      await merchant.leave();
      await customer.leave();
      ensureEqual((await post(kit, channelId, genuine)).status, 201, "the status");
      for (const role of ["merchant", "customer"] as const) {
        await (await kit.joinAs(role, channelId)).hear("proof.create");
      }
    },
  },
  {
    id: "proof-prefixed",
    title: "The same route is at /api/v1/proofs/:txid, where deployed servers have it",
    source: "deployed: POST /api/v1/proofs/:txid",
    async run(kit) {
      const { channelId, customer } = await kit.meet();
      ensureEqual((await post(kit, channelId, genuine, "/api/v1")).status, 201, "the status");
      await customer.hear("proof.create");
    },
  },
  {
    id: "proof-once",
    title: "A callback that is sent again is answered 201 again, and delivered once",
    source: "miners repeat callbacks",
    async run(kit) {
      const { channelId, merchant } = await kit.meet();
      for (let n = 0; n < 3; n++) ensureEqual((await post(kit, channelId, genuine)).status, 201, "the status");
      await merchant.hear("proof.create");
      await merchant.settle();
      ensureEqual(merchant.keys.filter((key) => key === "proof.create").length, 1, "the number of proof.create");
    },
  },
  {
    id: "proof-wrong-signature",
    title: "A proof with a wrong signature is answered 400, and no peer hears it",
    source: "defect 5",
    run: (kit) => expectRefused(kit, ["tampered-node", "signature-of-other-payload", "tampered-block-height"]),
  },
  {
    id: "proof-half-signed",
    title: "An envelope with a key and no signature is answered 400",
    source: "defect 7",
    run: (kit) => expectRefused(kit, ["public-key-without-signature", "signature-empty-string"]),
  },
  {
    id: "proof-null-payload",
    title: "An envelope whose payload is null is answered 400",
    source: "defect 7",
    run: (kit) => expectRefused(kit, ["payload-null", "body-null"]),
  },
  {
    id: "proof-other-transaction",
    title: "A proof that is not for the requested transaction is answered 400",
    source: document,
    async run(kit) {
      await expectRefused(kit, ["callbackTxId-differs", "txOrId-differs"]);
      const { channelId } = await kit.meet();
      const answer = await post(kit, channelId, { ...genuine, txid: "ab".repeat(32) });
      ensureEqual(answer.status, 400, "the status of a genuine proof under another txid");
    },
  },
  {
    id: "proof-unknown-channel",
    title: "A proof for a channel that never was is answered 404",
    source: "decision: an unknown channel is 404",
    async run(kit) {
      ensureEqual((await post(kit, kit.newChannelId(), genuine)).status, 404, "the status");
    },
  },
  {
    id: "proof-read-back",
    title: "What was proved can be read at GET /proofs/:txid",
    source: "design: states of a proof",
    async run(kit) {
      const { channelId } = await kit.meet();
      ensureEqual((await post(kit, channelId, genuine)).status, 201, "the status of the callback");
      const read = await kit.http(`/proofs/${genuine.txid}`);
      ensureEqual(read.status, 200, "the status");
      const { txid, state } = JSON.parse(read.text) as { txid?: unknown; state?: unknown };
      ensureEqual(txid, genuine.txid, "txid");
      ensure(["received", "verified", "superseded"].includes(String(state)), `the state is ${String(state)}`);
      ensureEqual((await kit.http(`/proofs/${"ab".repeat(32)}`)).status, 404, "the status of an unproved transaction");
    },
  },
  {
    id: "envelopes-accepted",
    title: "Every genuine envelope of the vectors is answered 201",
    source: "vectors: envelopes",
    async run(kit) {
      const { channelId } = await kit.meet();
      const wrong = await withOtherStatus(kit, channelId, ["accept", "header", "notice"], (status) => status === 201);
      if (wrong.some((line) => line.endsWith(": 503")))
        skip("the server requires a block header that it does not know");
      if (wrong.length > 0) fail(wrong.join(", "));
    },
  },
  {
    id: "envelopes-refused",
    title: "Every wrong envelope of the vectors is answered 400 or 413, and no peer hears it",
    source: "vectors: envelopes",
    async run(kit) {
      const { channelId, merchant } = await kit.meet();
      const wrong = await withOtherStatus(kit, channelId, ["reject"], (status) => status === 400 || status === 413);
      if (wrong.length > 0) fail(wrong.join(", "));
      await merchant.settle();
      ensureEqual(merchant.keys.join(), "join.success", "what the merchant heard");
    },
  },
  {
    id: "double-spend-notice",
    title: "A double spend reaches the merchant as doublespend.notify, never as proof.create",
    source: "decision 5",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      ensureEqual((await post(kit, channelId, envelopeVector("double-spend-attempt"))).status, 201, "the status");
      await merchant.hear("doublespend.notify");
      for (const peer of [merchant, customer]) {
        await peer.settle();
        ensureEqual(peer.keys.includes("proof.create"), false, "its being told as a proof");
      }
    },
  },
]);

/** Needs no block header: the target is the header itself, or it is not known and taken. */
const genuine = envelopeVector("object-payload-header-target");

function post(kit: Kit, channelId: string, { txid, body }: EnvelopeVector, prefix = ""): Promise<HttpAnswer> {
  return kit.post(`${prefix}/proofs/${txid}?i=${channelId}`, body);
}

async function expectRefused(kit: Kit, names: readonly string[]): Promise<void> {
  const { channelId, merchant } = await kit.meet();
  for (const name of names) {
    const { status } = await post(kit, channelId, envelopeVector(name));
    ensureEqual(status, 400, `the status of ${name}`);
  }
  await merchant.settle();
  ensureEqual(merchant.keys.includes("proof.create"), false, "its being delivered");
}

async function withOtherStatus(
  kit: Kit,
  channelId: string,
  verdicts: readonly EnvelopeVector["verdict"][],
  isRight: (status: number) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const vector of envelopeVectors.filter(({ verdict }) => verdicts.includes(verdict))) {
    const { status } = await post(kit, channelId, vector);
    if (!isRight(status)) wrong.push(`${vector.name}: ${status}`);
  }
  return wrong;
}
