import { ackBody, paymentBody, termsBody } from "../bodies.ts";
import { ensure, ensureEqual, fail, skip, type Check } from "../check.ts";
import { payFlow, payUntilAck } from "../pay-flow.ts";
import { headerOf } from "../peer.ts";
import { until } from "../until.ts";

export const memoryChecks: readonly Check[] = [
  {
    id: "pending-for-merchant",
    title: "A merchant that joins late gets the unanswered request, with its messageId",
    source: "design: pending messages on join",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      await merchant.leave();
      const messageId = customer.say("paymentrequest.create");
      await customer.settle();
      const returned = await kit.joinAs("merchant", channelId);
      ensureEqual((await returned.hear("paymentrequest.create")).message.messageId, messageId, "its messageId");
    },
  },
  {
    id: "pending-for-customer",
    title: "A customer that was away gets the acknowledgement when it returns and says its payment again",
    source: "read: state is lost when the last socket leaves",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const messageId = await payUntilAck(merchant, customer);
      const paid = merchant.heard.find(({ message }) => message.key === "payment")?.message.bodyText;
      await customer.leave();
      merchant.say("payment.ack", { bodyText: ackBody("late") });
      await merchant.settle();
      await merchant.leave();
      const returned = await kit.joinAs("customer", channelId, "&role=customer");
      // A server may keep the answer from customers who do not show that the payment is theirs.
      returned.say("payment", { messageId, bodyText: paid ?? paymentBody() });
      ensureEqual((await returned.hear("payment.ack")).message.bodyText, ackBody("late"), "its body");
    },
  },
  {
    id: "resume-since",
    title: "Joining with since=<sequence> replays what came after it, in order, and nothing before",
    source: "design: resume",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      customer.say("paymentrequest.create");
      await merchant.hear("paymentrequest.create");
      merchant.say("paymentrequest.response", { bodyText: termsBody("seen") });
      const since = headerOf(await customer.hear("paymentrequest.response"), "x-p4-sequence");
      await customer.leave();
      for (const memo of ["missed 1", "missed 2"])
        merchant.say("paymentrequest.response", { bodyText: termsBody(memo) });
      await merchant.settle();
      const returned = await kit.joinAs("customer", channelId, `&role=customer&since=${since}`);
      for (const memo of ["missed 1", "missed 2"]) {
        ensureEqual(
          (await returned.hear("paymentrequest.response")).message.bodyText,
          termsBody(memo),
          "the replayed body",
        );
      }
    },
  },
  {
    id: "duplicate-payment",
    title: "A payment sent again is answered with the stored acknowledgement; the merchant hears it once",
    source: "deployed wallets: a retried payment gets an error from the merchant",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      const messageId = await payUntilAck(merchant, customer);
      merchant.say("payment.ack", { bodyText: ackBody("stored") });
      const bodyText = (await customer.hear("payment.ack")).message.bodyText;
      const paid = merchant.heard.find(({ message }) => message.key === "payment");
      customer.say("payment", { messageId, bodyText: paid?.message.bodyText ?? paymentBody() });
      ensureEqual((await customer.hear("payment.ack")).message.bodyText, bodyText, "the second acknowledgement");
      const again = await kit.joinAs("customer", channelId, "&role=customer");
      again.say("payment", { bodyText: paid?.message.bodyText ?? paymentBody() });
      await again.hear("payment.ack");
      await merchant.settle();
      ensureEqual(merchant.keys.filter((key) => key === "payment").length, 1, "the payments that the merchant heard");
    },
  },
  {
    id: "rejoin-keeps-deadline",
    title: "A rejoin does not move the channel's deadline",
    source: "read: a rejoin resets the deadline",
    async run(kit) {
      const { channelId, merchant } = await kit.meet();
      const before = headerOf(merchant.heard[0]!, "x-channel-expires");
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const again = await kit.joinAs("customer", channelId);
      ensureEqual(headerOf(again.heard[0]!, "x-channel-expires"), before, "x-channel-expires after a rejoin");
    },
  },
  {
    id: "channel-expires",
    title: "At its deadline a channel tells all channel.expired, once, and closes their sockets",
    source: "document: channel.expired",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const expires = Date.parse(headerOf(merchant.heard[0]!, "x-channel-expires"));
      const leftMs = expires - Date.now();
      if (leftMs > longestLifeMs) skip(`channels live ${Math.round(leftMs / 1_000)} s, too long to wait`);
      await payFlow(merchant, customer);
      const isOver = await until(
        () => (merchant.closedWith !== null && customer.closedWith !== null ? true : undefined),
        leftMs + 2_000 + kit.waitMs,
      );
      if (isOver === undefined) fail("the sockets are still open");
      for (const { keys } of [merchant, customer]) {
        ensureEqual(keys.filter((key) => key === "channel.expired").length, 1, "the number of channel.expired");
      }
      ensure(Date.now() >= expires - 1_000, "the channel ended before its time");
    },
  },
];

const longestLifeMs = 15_000;
