import { frameProblems, type FrameSchemaName } from "@p4/protocol";
import { clientErrorBody, paymentBody } from "../bodies.ts";
import { ensure, ensureEqual, fail, type Check } from "../check.ts";
import { payFlow, payUntilAck } from "../pay-flow.ts";
import { jsonOf, type Heard } from "../peer.ts";

export const messageChecks: readonly Check[] = [
  {
    id: "payment-flow",
    title: "A payment: request, terms, payment, acknowledgement; each body arrives as it was sent",
    source: "document: Socket Communication (payment)",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      await payFlow(merchant, customer);
    },
  },
  {
    id: "wrapper-form",
    title: "Every message has the dialect's wrapper: members, their types, headers",
    source: "document: Socket message Wrapper; dpp: the deployed library",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const flow = await payFlow(merchant, customer);
      const name = kit.target.dialect === "p4" ? "P4Frame" : "DppFrame";
      for (const heard of [merchant.heard[0]!, flow.terms, flow.payment, flow.ack]) ensureForm(heard, name);
    },
  },
  {
    id: "error-form",
    title: "A refused message is answered with the dialect's error wrapper, which names what was refused",
    source: "document: Socket Error Message",
    async run(kit) {
      const { merchant } = await kit.meet();
      const messageId = merchant.say("payment.steal", { bodyText: '{"a":1}' });
      const error = await merchant.hear("error");
      const { dialect } = kit.target;
      ensureForm(error, dialect === "p4" ? "P4ErrorFrame" : "DppErrorFrame");
      const json = jsonOf(error);
      ensureEqual(json[dialect === "p4" ? "originKey" : "originType"], "payment.steal", "the origin's key");
      ensureEqual(JSON.stringify(json["originBody"]), '{"a":1}', "the origin's body");
      ensureEqual(error.message.correlationId, messageId, "the error's correlation id");
    },
  },
  {
    id: "no-echo",
    title: "A sender does not hear its own messages",
    source: "design: roles",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      await payFlow(merchant, customer);
      await customer.settle();
      await merchant.settle();
      const echoed = [
        ...customer.keys.filter((key) => key === "paymentrequest.create" || key === "payment"),
        ...merchant.keys.filter((key) => key === "paymentrequest.response" || key === "payment.ack"),
      ];
      ensureEqual(echoed.join(), "", "what was echoed");
    },
  },
  {
    id: "body-untouched",
    title: "A body travels as text: numbers beyond 2^53, 1.0, escapes and unknown members survive",
    source: "decision 3: the body is never re-serialised",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const bodyText = String.raw`{"rawTx":"","big":12345678901234567890,"one":1.0,"text":"A\/\u0041☃","__proto__":{"x":1}}`;
      customer.say("payment", { bodyText });
      ensureEqual((await merchant.hear("payment")).message.bodyText, bodyText, "the body");
    },
  },
  {
    id: "headers-survive",
    title: "Headers that a sender sets arrive, X-Origin-ID above all",
    source: "deployed wallets: they filter their own echo by it",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("payment", {
        bodyText: paymentBody(),
        headers: [
          ["X-Origin-ID", ["wallet-1"]],
          ["x-own", ["a"]],
        ],
      });
      const { headers } = (await merchant.hear("payment")).message;
      const values = new Map(headers.map(([name, list]) => [name.toLowerCase(), list.join()]));
      ensureEqual(values.get("x-origin-id"), "wallet-1", "X-Origin-ID");
      ensureEqual(values.get("x-own"), "a", "x-own");
    },
  },
  {
    id: "unknown-members-survive",
    title: "Members of the wrapper that the server does not know arrive",
    source: "design: unknown fields survive the trip",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("payment", { bodyText: paymentBody(), extra: [["futureMember", '{"n":1.0}']] });
      const { extra } = (await merchant.hear("payment")).message;
      ensureEqual(new Map(extra).get("futureMember"), '{"n":1.0}', "futureMember");
    },
  },
  {
    id: "ids-survive",
    title: "messageId and correlation id arrive as they were sent",
    source: "document: Socket message Wrapper",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("payment", { bodyText: paymentBody(), messageId: "message-1", correlationId: "correlation-1" });
      const { message } = await merchant.hear("payment");
      ensureEqual(message.messageId, "message-1", "messageId");
      ensureEqual(message.correlationId, "correlation-1", "the correlation id");
    },
  },
  {
    id: "client-errors-travel",
    title: "paymentrequest.error and payment.error reach the customer",
    source: "design: errors travel like their siblings",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("paymentrequest.create");
      await merchant.hear("paymentrequest.create");
      merchant.say("paymentrequest.error", { bodyText: clientErrorBody() });
      await customer.hear("paymentrequest.error");
      await payUntilAck(merchant, customer);
      merchant.say("payment.error", { bodyText: clientErrorBody() });
      await customer.hear("payment.error");
    },
  },
];

function ensureForm(heard: Heard, name: FrameSchemaName): void {
  const problems = frameProblems(name, jsonOf(heard));
  if (problems.length > 0) fail(`${heard.message.key}: ${problems[0]!.replace("$input.", "")}`);
  ensure(heard.dialect === (name.startsWith("P4") ? "p4" : "dpp"), `${heard.message.key} is in the other dialect`);
}
