import type { Dialect } from "@p4/protocol";
import { clientErrorBody, paymentBody, termsBody } from "../bodies.ts";
import { ensure, ensureEqual, type Check } from "../check.ts";
import { jsonOf } from "../peer.ts";

const source = "field: ElectrumSV and its proxy";

/** Wallets that call the payment terms' messages `paymentterms.*`, and end a connection that speaks otherwise. */
export const thirdDialectChecks: readonly Check[] = [
  {
    id: "terms-names",
    title: "A wallet that says paymentterms.* is answered in these names; the other side hears its own",
    source,
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const name = nameMember(kit.target.dialect);
      customer.sendText(JSON.stringify({ [name]: "paymentterms.create", messageId: "q-1" }));
      const asked = await merchant.hear("paymentrequest.create");
      ensureEqual(jsonOf(asked)[name], "paymentrequest.create", "the name that the merchant hears");
      for (const key of ["paymentrequest.error", "paymentrequest.response"]) {
        merchant.say(key, { bodyText: key.endsWith("error") ? clientErrorBody() : termsBody() });
        const answer = await customer.hear(key);
        ensureEqual(jsonOf(answer)[name], key.replace("request", "terms"), "the name that the customer hears");
      }
    },
  },
  {
    id: "terms-names-unasked",
    title:
      "A merchant with internal=true that has not spoken is asked so that it understands, and may answer paymentterms.response",
    source,
    needs: ["http"],
    async run(kit) {
      const channelId = kit.newChannelId();
      const merchant = await kit.join(channelId, "internal=true");
      const asked = kit.http(`/api/v1/payment/${channelId}`);
      const question = jsonOf(await merchant.hear("paymentrequest.create"));
      ensureEqual(question["type"], "paymentterms.create", "type, which is all that it reads");
      for (const member of ["correlationId", "appId", "clientID", "userId", "messageId", "channelId", "timestamp"]) {
        ensure(typeof question[member] === "string", `the question's ${member} is no text`);
      }
      const { correlationId } = question;
      const body = JSON.parse(termsBody("signed")) as object;
      merchant.sendText(JSON.stringify({ type: "paymentterms.response", correlationId, messageId: "t-1", body }));
      const { status, text } = await asked;
      ensureEqual(`${status} ${text}`, `200 ${termsBody("signed")}`, "the payer's answer");
    },
  },
  {
    id: "headers-before-first-frame",
    title:
      "Before its first frame a peer gets the document's headers, text; with internal=true the deployed library's, lists",
    source: "document: Socket message Wrapper; dpp: the deployed library",
    async run(kit) {
      const channelId = kit.newChannelId();
      const deployed = await kit.join(channelId, "internal=true");
      const lists = Object.values(jsonOf(deployed.heard[0]!)["headers"] as object);
      ensure(lists.length > 0 && lists.every(Array.isArray), "with internal=true a header is no list");
      const plain = await kit.join(channelId, "");
      const texts = Object.values(jsonOf(plain.heard[0]!)["headers"] as object);
      ensure(texts.length > 0 && texts.every((value) => typeof value === "string"), "a header is no text");
    },
  },
  {
    id: "options-of-the-server",
    title: "OPTIONS / is answered 204: by it wallets choose a server",
    source,
    needs: ["http"],
    async run(kit) {
      ensureEqual((await kit.http("/", { method: "OPTIONS" })).status, 204, "the status");
    },
  },
  {
    id: "bridge-error-codes",
    title: "A merchant's error with code 400, 404, 409 or 422, as text or number, comes to the payer with that status",
    source,
    needs: ["http"],
    async run(kit) {
      for (const code of ["400", 400, "404", "409", 409, "422", 422]) {
        const channelId = kit.newChannelId();
        const merchant = await kit.joinAs("merchant", channelId);
        const paying = kit.post(`/api/v1/payment/${channelId}`, paymentBody());
        const { message } = await merchant.hear("payment");
        const bodyText = JSON.stringify({ code, title: "it failed", message: "pays too little" });
        merchant.say("payment.error", { bodyText, correlationId: message.correlationId });
        const { status, text } = await paying;
        ensureEqual(`${status} ${text}`, `${code} ${bodyText}`, `the answer to code ${JSON.stringify(code)}`);
      }
    },
  },
  {
    id: "bridge-refusals",
    title: "An acknowledgement that is not a clear yes, however it is worded, is not told to the payer as paid",
    source: "field: Error with a capital (Go without tags), success, errors in text",
    needs: ["http"],
    async run(kit) {
      for (const [bodyText, isPaid] of verdicts) {
        const channelId = kit.newChannelId();
        const merchant = await kit.joinAs("merchant", channelId);
        const paying = kit.post(`/api/v1/payment/${channelId}`, paymentBody());
        const { message } = await merchant.hear("payment");
        merchant.say("payment.ack", { bodyText, correlationId: message.correlationId });
        const { status } = await paying;
        ensure(isPaid === (status === 201), `${bodyText} is answered ${status}`);
      }
    },
  },
];

const verdicts: readonly (readonly [bodyText: string, isPaid: boolean])[] = [
  ['{"memo":"thanks"}', true],
  ['{"error":0}', true],
  ['{"success":true}', true],
  ['{"error":2}', false],
  ['{"error":-1}', false],
  ['{"error":"insufficient"}', false],
  ['{"error":true}', false],
  ['{"error":{"code":422}}', false],
  ['{"Error":1,"Memo":"declined"}', false],
  ['{"success":false}', false],
  ['{"success":"false"}', false],
];

function nameMember(dialect: Dialect): "key" | "type" {
  return dialect === "p4" ? "key" : "type";
}
