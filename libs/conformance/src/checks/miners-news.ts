import { paymentBody, termsBody, ackBody, transactionHex } from "../bodies.ts";
import { ensure, ensureEqual, overHttp } from "../check.ts";
import { envelopeVector } from "../envelope-vectors.ts";
import type { HttpAnswer, Kit } from "../kit.ts";
import { lastOfFive, secondOfTwo, txidOf } from "../merkle-paths.ts";
import { headerOf, type Peer } from "../peer.ts";
import { randomHex } from "../random.ts";

const published = "published: callbacks of ARC and Arcade";

/** What miners say besides, and in spite of, the formats' usual form. */
export const minersNewsChecks = overHttp([
  {
    id: "status-without-proof",
    title: "MINED without a path is noted with 2xx, and can be read back",
    source: published,
    async run(kit) {
      const { channelId, customer } = await kit.meet();
      for (const merklePath of [undefined, null, ""]) {
        const txid = randomHex(32);
        const answer = await tell(kit, channelId, { txid, txStatus: "MINED", ...inBlock(), merklePath });
        ensureTaken(answer, `MINED with the path ${JSON.stringify(merklePath) ?? "missing"}`);
        const { text } = await kit.http(`/proofs/${txid}`);
        ensure(text.includes("MINED"), `GET /proofs/:txid does not tell MINED: ${text.slice(0, 200)}`);
      }
      await customer.settle();
      ensureEqual(customer.keys.includes("proof.create"), false, "its being told as a proof");
    },
  },
  {
    id: "unknown-statuses",
    title: "A status that is not known, and members that are not, are noted with 2xx",
    source: published,
    async run(kit) {
      const { channelId } = await kit.meet();
      const bodies = [
        { txStatus: "SEEN_ON_THE_MOON", moon: { phase: 1 } },
        { txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: [""] },
        { txStatus: "SEEN_ON_NETWORK", blockHash: "", blockHeight: 0, extraInfo: null, competingTxs: null },
      ];
      for (const body of bodies) {
        ensureTaken(await tell(kit, channelId, { txid: randomHex(32), ...body }), JSON.stringify(body));
      }
    },
  },
  {
    id: "proof-in-any-status",
    title: "A valid path is taken as a proof, whichever status it comes with",
    source: published,
    async run(kit) {
      const { channelId, customer } = await kit.meet();
      for (const txStatus of ["IMMUTABLE", "SEEN_ON_NETWORK", "SEEN_ON_THE_MOON"]) {
        const txid = randomHex(32);
        const body = { txid, txStatus, ...inBlock(), merklePath: secondOfTwo(txid) };
        ensureTaken(await tell(kit, channelId, body), txStatus);
        ensureEqual(headerOf(await customer.hear("proof.create"), "x-tx-id"), txid, `x-tx-id of ${txStatus}`);
      }
    },
  },
  {
    id: "batch-by-entry",
    title: "A wrong entry of a batch does not hold back the right ones",
    source: published,
    async run(kit) {
      const { channelId, customer } = await kit.meet();
      const [txid, other] = [randomHex(32), randomHex(32)];
      const right = { txid, txStatus: "MINED", ...inBlock(), merklePath: secondOfTwo(txid) };
      const foreign = { ...right, txid: other };
      const callbacks = [{ txid: "none", txStatus: "MINED" }, foreign, right, { txid: other, txStatus: "MINED" }];
      for (let n = 0; n < 2; n++) {
        const answer = await kit.post(`/callbacks?i=${channelId}`, JSON.stringify({ count: 4, callbacks }));
        ensureTaken(answer, "a batch with two wrong entries");
      }
      ensureEqual(headerOf(await customer.hear("proof.create"), "x-tx-id"), txid, "x-tx-id");
      await customer.settle();
      ensureEqual(customer.keys.filter((key) => key === "proof.create").length, 1, "the number of proof.create");
    },
  },
  {
    id: "rejected-payment",
    title: "A rejection of the accepted payment reaches its wallets, now and on the next join",
    source: published,
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const txid = await pay(merchant, customer);
      const extraInfo = `UTXO_SPENT (70): utxo already spent by tx ${randomHex(32)}[0]`;
      ensureTaken(await tell(kit, channelId, { txid, txStatus: "REJECTED", status: 466, extraInfo }), "REJECTED");
      for (const peer of [merchant, await kit.joinAs("merchant", channelId)]) {
        ensureEqual(headerOf(await peer.hear("transaction.rejected"), "x-tx-id"), txid, "x-tx-id");
      }
    },
  },
  {
    id: "proof-revoked",
    title: "A block that leaves the chain takes its proof with it: all are told, and no newcomer is handed the proof",
    source: published,
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const txid = await pay(merchant, customer);
      const undone = [
        (blockHash: string) => ({ txid, txStatus: "MINED_IN_STALE_BLOCK", blockHash, blockHeight: 7 }),
        (blockHash: string) => ({
          txid,
          txStatus: "SEEN_ON_NETWORK",
          extraInfo: "reorg_unmined",
          orphanedProofs: [{ blockHash, blockHeight: 7 }],
        }),
      ];
      for (const news of undone) {
        const block = inBlock();
        const mined = { txid, txStatus: "MINED", ...block, merklePath: secondOfTwo(txid) };
        ensureTaken(await tell(kit, channelId, mined), "MINED");
        for (const peer of [merchant, customer]) await peer.hear("proof.create");
        const body = news(block.blockHash);
        ensureTaken(await tell(kit, channelId, body), body.txStatus);
        for (const peer of [merchant, customer]) await peer.hear("proof.revoked");
        const newcomer = await kit.joinAs("customer", channelId);
        await newcomer.hear("proof.revoked");
        ensureEqual(newcomer.keys.includes("proof.create"), false, "the revoked proof's being handed to a newcomer");
      }
    },
  },
  {
    id: "bump-spellings",
    title: "A copy in a Merkle path may be spelled out; one that is itself proven is refused",
    source: "published: BUMPs of mainnet blocks",
    async run(kit) {
      const { channelId, customer } = await kit.meet();
      const txid = randomHex(32);
      const { canonical, spelledOut, phantom } = await lastOfFive(txid);
      const mined = { txid, txStatus: "MINED", blockHash: randomHex(32), blockHeight: 5 };
      for (const merklePath of [...spelledOut, canonical]) {
        ensureTaken(await tell(kit, channelId, { ...mined, merklePath }), `the path ${merklePath}`);
      }
      ensureEqual(
        (await tell(kit, channelId, { ...mined, merklePath: phantom })).status,
        400,
        "the status of a phantom",
      );
      await customer.hear("proof.create");
      await customer.settle();
      ensureEqual(customer.keys.filter((key) => key === "proof.create").length, 1, "the number of proof.create");
    },
  },
  {
    id: "mapi-own-proof",
    title: "mAPI's own form of a proof is taken beside TSC",
    source: "published: mAPI",
    run: (kit) => expectProofs(kit, ["legacy-non-tsc-proof", "legacy-non-tsc-proof-as-string"]),
  },
  {
    id: "key-encodings",
    title: "A key counts in each of its SEC1 encodings",
    source: "published: SEC1",
    run: (kit) => expectProofs(kit, ["public-key-uncompressed", "public-key-hybrid"]),
  },
  {
    id: "member-names",
    title: "A signed payload may have members of any name, and optional ones that are null",
    source: "published: JSON",
    run: (kit) => expectProofs(kit, ["member-names-of-any-kind", "optional-members-null"]),
  },
]);

function inBlock(): { readonly blockHash: string; readonly blockHeight: number } {
  return { blockHash: randomHex(32), blockHeight: 7 };
}

function tell(
  kit: Kit,
  channelId: string,
  body: { readonly txid: string; readonly [member: string]: unknown },
): Promise<HttpAnswer> {
  const timestamp = new Date().toISOString().replace("Z", "000001Z");
  return kit.post(`/proofs/${body.txid}?i=${channelId}`, JSON.stringify({ timestamp, ...body }));
}

function ensureTaken({ status, text }: HttpAnswer, what: string): void {
  ensure(status >= 200 && status < 300, `${what} is answered ${status}: ${text.slice(0, 200)}`);
}

/** Up to the acknowledgement; gives the paid transaction's id. */
async function pay(merchant: Peer, customer: Peer): Promise<string> {
  const rawTx = transactionHex();
  customer.say("paymentrequest.create");
  await merchant.hear("paymentrequest.create");
  merchant.say("paymentrequest.response", { bodyText: termsBody() });
  await customer.hear("paymentrequest.response");
  customer.say("payment", { bodyText: paymentBody("", rawTx) });
  const { message } = await merchant.hear("payment");
  merchant.say("payment.ack", { bodyText: ackBody(), correlationId: message.correlationId });
  await customer.hear("payment.ack");
  return txidOf(rawTx);
}

/** Each on a channel of its own: they prove the same. */
async function expectProofs(kit: Kit, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { channelId, customer } = await kit.meet();
    const { txid, body } = envelopeVector(name);
    ensureEqual((await kit.post(`/proofs/${txid}?i=${channelId}`, body)).status, 201, `the status of ${name}`);
    await customer.hear("proof.create");
  }
}
