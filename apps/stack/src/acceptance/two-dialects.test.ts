import { beforeAll, describe, expect, it } from "vitest";
import { withBroker } from "./test-support/broker.ts";
import { newChannelId, startEdgeServer, type EdgeServer } from "./test-support/edge-server.ts";
import { documentFrame, goFrame, withoutSequence, type Spoken } from "./test-support/spoken.ts";
import { envelopeBody, envelopes, messages, type VectorCase } from "./test-support/vectors.ts";
import { goClient, type Wallet } from "./test-support/wallet.ts";

const broker = withBroker();
let server: EdgeServer;
beforeAll(async () => {
  server = await startEdgeServer(broker.url);
});

type Style = "go" | "document";

/** A wallet that never names its dialect: its first frame shows it. */
class StyledWallet {
  readonly style: Style;
  readonly wallet: Wallet;
  readonly #channelId: string;
  /** The id that others see. The document's wrapper has no place for it: there it is what its first frame showed. */
  #clientId: string | undefined;

  constructor(style: Style, wallet: Wallet, channelId: string) {
    this.style = style;
    this.wallet = wallet;
    this.#channelId = channelId;
    this.#clientId = wallet.frames[0]?.["clientID"] as string | undefined;
  }

  /** Says it in its own words; the other must hear exactly the same in his. */
  async sayTo(other: StyledWallet, spoken: Spoken): Promise<void> {
    const own = this.style === "go" ? goFrame(spoken, this.#channelId, "") : documentFrame(spoken, this.#channelId);
    this.wallet.send(own);
    const heard = await other.wallet.hearText(spoken.key);
    if (other.style === "document") return expect(withoutSequence(heard)).toBe(documentFrame(spoken, this.#channelId));
    this.#clientId ??= /"clientID":"([0-9a-f-]{36})"/.exec(heard)?.[1];
    expect(withoutSequence(heard)).toBe(goFrame(spoken, this.#channelId, String(this.#clientId)));
  }
}

const clientOf = (style: Style): Record<string, string> => (style === "go" ? goClient : {});
const time = (second: number) => `2026-11-22T12:30:0${String(second)}.213719526Z`;
/** Numbers, escapes and spaces that a parser would change. */
const odd = '"big":12345678901234567890,"one":1.0,"e":1E+2,"text":"\\u003c\\u2028\\ud83d\\ude00", "z" : [ ]';
const rawTx = String(messages.transactions.T.rawTx);
const txid = String(messages.transactions.T.txid);

/** Go wallets send no correlation id and tell their own echo by X-Origin-ID; the document's wallet does the opposite. */
function spoken(style: Style, key: string, body: string, second: number): Spoken {
  const isGo = style === "go";
  return {
    key,
    messageId: `${key}-1`,
    correlationId: isGo ? "" : "conversation-7",
    body,
    timestamp: time(second),
    expiration: isGo ? null : "2026-11-22T14:30:00Z",
    headers: isGo ? { "X-Origin-Id": ["payd-1"], Accept: ["a", "b"] } : { myheader: "value".split(" ") },
    appId: isGo ? "payd" : "p4/payd",
  };
}

describe.each([
  ["go", "document"],
  ["document", "go"],
  ["go", "go"],
] as const)("a %s-style merchant and a %s-style customer", (merchants, customers) => {
  it("hold one channel and complete a payment, each frame exactly as its reader expects it", async () => {
    const id = newChannelId();
    // `internal=true` is what deployed merchants send; a document-style merchant has to name its dialect beside it.
    const query = merchants === "go" ? "?internal=true" : "?internal=true&dialect=p4";
    const merchant = new StyledWallet(merchants, await server.join(`${id}${query}`, [], clientOf(merchants)), id);
    const customer = new StyledWallet(customers, await server.join(id, [], clientOf(customers)), id);

    await customer.sayTo(merchant, spoken(customers, "paymentrequest.create", "null", 1));
    const terms = `{"network":"regtest","outputs":[{"amount":1000,"script":"51"}],${odd}}`;
    await merchant.sayTo(customer, spoken(merchants, "paymentrequest.response", terms, 2));
    await customer.sayTo(merchant, spoken(customers, "payment", `{"rawTx":"${rawTx}",${odd}}`, 3));
    const ack = `{"id":"${id}","tx_id":"${txid}","memo":"thank you","peer_channel":null,${odd}}`;
    await merchant.sayTo(customer, spoken(merchants, "payment.ack", ack, 4));

    const proof = (envelopes.cases as VectorCase[]).find(({ name }) => name === "object-payload-header-target");
    const body = envelopeBody(proof?.input);
    expect(await server.post(`/proofs/${txid}?i=${id}`, body)).toMatchObject({ status: 201, text: "" });
    for (const { wallet, style } of [merchant, customer]) {
      const text = await wallet.hearText("proof.create");
      expect(text).toContain(style === "go" ? '"type":"proof.create"' : '"key":"proof.create"');
      expect(text).toContain(`"body":${body}`);
      expect(text).toContain(style === "go" ? `"X-Tx-Id":["${txid}"]` : `"X-Tx-Id":"${txid}"`);
    }
    // No echo, no refusal.
    expect(merchant.wallet.keys).toEqual(["join.success", "paymentrequest.create", "payment", "proof.create"]);
    expect(customer.wallet.keys).toEqual(["join.success", "paymentrequest.response", "payment.ack", "proof.create"]);
  });
});
