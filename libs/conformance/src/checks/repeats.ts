import { readErrorMessage } from "@p4/protocol";
import { ackBody, failedAckBody, paymentBody } from "../bodies.ts";
import { ensure, ensureEqual, type Check } from "../check.ts";
import { payUntilAck } from "../pay-flow.ts";
import type { Peer } from "../peer.ts";
import { until } from "../until.ts";

const source = "field: wallets that count their messages from 1 at each start";

/** What makes a message a repetition of another: its id and its content, not its id alone. */
export const repeatChecks: readonly Check[] = [
  {
    id: "same-id-same-content",
    title:
      "The same message again, also from a wallet that has restarted, gets the stored outcome; the merchant hears it once",
    source,
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const messageId = await payUntilAck(merchant, customer);
      merchant.say("payment.ack", { bodyText: failedAckBody("stored") });
      await customer.hear("payment.ack");
      const bodyText = merchant.heard.find(({ message }) => message.key === "payment")?.message.bodyText ?? "";
      customer.say("payment", { messageId, bodyText });
      const again = await customer.hear("payment.ack");
      ensureEqual(again.message.bodyText, failedAckBody("stored"), "the body of the second payment.ack");
      const restarted = await kit.joinAs("customer", channelId, "&role=customer");
      await restarted.settle();
      const before = count(restarted, "payment.ack");
      restarted.say("payment", { messageId, bodyText });
      const isAnswered = (): true | undefined => count(restarted, "payment.ack") > before || undefined;
      ensure((await until(isAnswered, kit.waitMs)) === true, "the restarted wallet is not answered");
      await merchant.settle();
      ensureEqual(count(merchant, "payment"), 1, "the payments that the merchant heard");
    },
  },
  {
    id: "same-id-other-content",
    title:
      "Another payment under an id that the same connection has used is refused, never answered with the old verdict",
    source,
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const messageId = await payUntilAck(merchant, customer);
      merchant.say("payment.ack", { bodyText: failedAckBody() });
      await customer.hear("payment.ack");
      customer.say("payment", { messageId, bodyText: paymentBody("another") });
      const { message } = await customer.hear("error");
      ensureEqual(readErrorMessage(message)?.errCode, "MESSAGE_ID_REUSED", "the error's code");
      ensureEqual(count(customer, "payment.ack"), 1, "the number of payment.ack");
      await merchant.settle();
      ensureEqual(count(merchant, "payment"), 1, "the payments that the merchant heard");
    },
  },
  {
    id: "same-id-other-customer",
    title:
      "A customer whose id another one has used before is heard by the merchant, or refused: never told the other's outcome",
    source,
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const messageId = await payUntilAck(merchant, customer);
      merchant.say("payment.ack", { bodyText: failedAckBody() });
      await customer.hear("payment.ack");
      const other = await kit.joinAs("customer", channelId, "&role=customer");
      await other.settle();
      const before = count(other, "payment.ack");
      other.say("payment", { messageId, bodyText: paymentBody("the other's") });
      const isDealtWith = (): true | undefined =>
        other.keys.includes("error") ||
        count(merchant, "payment") > 1 ||
        count(other, "payment.ack") > before ||
        undefined;
      ensure((await until(isDealtWith, kit.waitMs)) === true, "the other's payment is neither passed on nor refused");
      await other.settle();
      ensureEqual(count(other, "payment.ack") - before, 0, "the verdicts on a payment that was not judged");
    },
  },
  {
    id: "same-id-restarted-merchant",
    title:
      "A merchant's answer under an id that it used before a restart reaches the customer, or is refused: never dropped",
    source,
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      await payUntilAck(merchant, customer);
      merchant.say("payment.ack", { messageId: "1", bodyText: failedAckBody() });
      await customer.hear("payment.ack");
      await merchant.leave();
      const restarted = await kit.joinAs("merchant", channelId);
      customer.say("payment", { bodyText: paymentBody("another") });
      await restarted.hear("payment");
      restarted.say("payment.ack", { messageId: "1", bodyText: ackBody("thanks") });
      const isDealtWith = (): true | undefined =>
        restarted.keys.includes("error") || count(customer, "payment.ack") > 1 || undefined;
      ensure((await until(isDealtWith, kit.waitMs)) === true, "the second answer is neither passed on nor refused");
    },
  },
  {
    id: "same-idempotency-key",
    title: "An Idempotency-Key used again: the same body gets the stored answer, another body 422",
    source: "IETF draft: the Idempotency-Key header",
    needs: ["http"],
    async run(kit) {
      const channelId = kit.newChannelId();
      const merchant = await kit.joinAs("merchant", channelId);
      const path = `/api/v1/payment/${channelId}`;
      const key = { "idempotency-key": "order-1" };
      const bodyText = paymentBody();
      const paid = kit.post(path, bodyText, key);
      const { message } = await merchant.hear("payment");
      merchant.say("payment.ack", { bodyText: ackBody("stored"), correlationId: message.correlationId });
      ensureEqual((await paid).status, 201, "the status");
      const again = await kit.post(path, bodyText, key);
      ensureEqual(`${again.status} ${again.text}`, `201 ${ackBody("stored")}`, "the second answer");
      ensureEqual((await kit.post(path, paymentBody("other"), key)).status, 422, "the status for another body");
      await merchant.settle();
      ensureEqual(count(merchant, "payment"), 1, "the payments that the merchant heard");
    },
  },
];

function count(peer: Peer, key: string): number {
  return peer.keys.filter((each) => each === key).length;
}
