import { ackBody, paymentBody, termsBody } from "../bodies.ts";
import { ensureEqual, type Check } from "../check.ts";
import { payFlow, payUntilAck } from "../pay-flow.ts";
import { headerOf } from "../peer.ts";

export const roleChecks: readonly Check[] = [
  {
    id: "customers-apart",
    title: "What a customer says is for the merchant, not for other customers",
    source: "design: roles",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const other = await kit.joinAs("customer", channelId);
      other.say("paymentrequest.create");
      await merchant.hear("paymentrequest.create");
      customer.say("payment", { bodyText: paymentBody() });
      await merchant.hear("payment");
      await other.settle();
      ensureEqual(other.keys.includes("payment"), false, "the other customer's having heard the payment");
    },
  },
  {
    id: "cross-channel",
    title: "A frame for another channel than the joined one is refused, and no peer there hears it",
    source: "defect 3",
    async run(kit) {
      const [here, there] = [await kit.meet(), await kit.meet()];
      await payUntilAck(there.merchant, there.customer);
      here.merchant.say("payment.ack", { channelId: there.channelId, bodyText: ackBody("forged") });
      await here.merchant.hear("error");
      there.merchant.say("payment.ack", { bodyText: ackBody("true") });
      const heard = await there.customer.hear("payment.ack");
      ensureEqual(heard.message.bodyText, ackBody("true"), "the first acknowledgement on the other channel");
    },
  },
  {
    id: "customer-cannot-ack",
    title: "An acknowledgement comes from the merchant: a customer's is refused",
    source: "defect 4",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const forger = await kit.joinAs("customer", channelId);
      forger.say("paymentrequest.create");
      await merchant.hear("paymentrequest.create");
      await payUntilAck(merchant, customer);
      forger.say("payment.ack", { bodyText: ackBody("forged") });
      await forger.hear("error");
      merchant.say("payment.ack", { bodyText: ackBody("true") });
      const heard = await customer.hear("payment.ack");
      ensureEqual(heard.message.bodyText, ackBody("true"), "the first acknowledgement");
    },
  },
  {
    id: "one-merchant",
    title: "While the merchant is connected, no other peer takes its place",
    source: "design: roles",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      await payUntilAck(merchant, customer);
      const second = await kit.joinAs("merchant", channelId);
      second.say("payment.ack", { bodyText: ackBody("second") });
      await second.hear("error");
      merchant.say("payment.ack", { bodyText: ackBody("first") });
      const heard = await customer.hear("payment.ack");
      ensureEqual(heard.message.bodyText, ackBody("first"), "the first acknowledgement");
    },
  },
  {
    id: "merchant-closes",
    title: "The merchant may end the channel by channel.close, a customer may not: everyone hears channel.closed",
    source: "document: the merchant can kill the channel",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("channel.close");
      await customer.hear("error");
      await payUntilAck(merchant, customer);
      merchant.say("channel.close");
      await merchant.hear("error");
      merchant.say("payment.ack", { bodyText: ackBody("thanks") });
      await customer.hear("payment.ack");
      merchant.say("channel.close");
      for (const peer of [merchant, customer]) await peer.hear("channel.closed");
    },
  },
  {
    id: "granted-role",
    title: "join.success tells the role that was granted, not the one that was claimed: x-p4-role",
    source: "design: joins that say why",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      ensureEqual(headerOf(merchant.heard[0]!, "x-p4-role"), "merchant", "the first merchant's x-p4-role");
      const named = await kit.joinAs("customer", channelId, "&role=customer");
      ensureEqual(headerOf(named.heard[0]!, "x-p4-role"), "customer", "the x-p4-role of a customer who says so");
      ensureEqual(headerOf(customer.heard[0]!, "x-p4-role"), "none", "the x-p4-role of who says nothing");
      const second = await kit.joinAs("merchant", channelId);
      ensureEqual(headerOf(second.heard[0]!, "x-p4-role"), "none", "the second merchant's x-p4-role");
    },
  },
  {
    id: "merchant-presence",
    title: "join.success tells whether a merchant is there: x-p4-merchant",
    source: "design: joins that say why",
    async run(kit) {
      const { channelId, merchant } = await kit.meet();
      const presence = async (): Promise<string> => {
        const peer = await kit.joinAs("customer", channelId);
        return headerOf(peer.heard[0]!, "x-p4-merchant");
      };
      ensureEqual(await presence(), "present", "x-p4-merchant while the merchant is connected");
      await merchant.leave();
      ensureEqual(await presence(), "absent", "x-p4-merchant after the merchant has left");
    },
  },
  {
    id: "server-keys",
    title: "proof.create, channel.expired and join.success are the server's: a wallet's are refused",
    source: "document: Messages",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const keys = ["proof.create", "channel.expired", "join.success"];
      for (const key of keys) {
        merchant.say(key, { bodyText: '{"payload":"{}"}' });
        await merchant.hear("error");
      }
      await customer.settle();
      ensureEqual(customer.keys.join(), "join.success", "what the customer heard");
    },
  },
  {
    id: "illegal-step",
    title: "An acknowledgement before any payment is refused",
    source: "design: the machine",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      merchant.say("payment.ack", { bodyText: ackBody() });
      await merchant.hear("error");
      await customer.settle();
      ensureEqual(customer.keys.includes("payment.ack"), false, "the customer's having heard it");
    },
  },
  {
    id: "no-way-back",
    title: "After a successful acknowledgement there are no new terms and no other payment",
    source: "design: the machine",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      await payFlow(merchant, customer);
      merchant.say("paymentrequest.response", { bodyText: termsBody("more") });
      await merchant.hear("error");
      customer.say("payment", { bodyText: paymentBody("again") });
      await customer.hear("error");
    },
  },
];
