import { ackBody, paymentBody, termsBody } from "../bodies.ts";
import { ensure, ensureEqual, fail, skip, type Check } from "../check.ts";
import { payFlow } from "../pay-flow.ts";
import type { Kit } from "../kit.ts";
import { opcodes } from "../raw/web-socket-frames.ts";
import { until } from "../until.ts";

const burstFrames = 2_000;
const flows = 50;
const orderedFrames = 60;
const slowPortions = 3;
const slowFrames = 20;
const slowFrameBytes = 100_000;

export const loadChecks: readonly Check[] = [
  {
    id: "burst",
    title: "2,000 small frames at once from one client: other channels do not notice, and the client is answered",
    source: "defect 1",
    async run(kit) {
      const [noisy, quiet] = [await kit.meet(), await kit.meet()];
      for (let n = 0; n < burstFrames; n++) noisy.customer.sendText('{"key":"no.such.key","type":"no.such.key"}');
      await payFlow(quiet.merchant, quiet.customer);
      await kit.meet();
      const answered = await until(
        () => (noisy.customer.keys.includes("error") || noisy.customer.closedWith !== null ? true : undefined),
        kit.waitMs,
      );
      ensure(answered === true, "the client was not answered");
    },
  },
  {
    id: "flows-side-by-side",
    title: "50 payments at the same time: each peer hears its own messages, each once",
    source: "defects 1 and 9",
    async run(kit) {
      await Promise.all(
        Array.from({ length: flows }, async (_, n) => {
          const { merchant, customer } = await kit.meet();
          await payFlow(merchant, customer, `flow ${n}`);
          await merchant.settle();
          const heard = [...merchant.keys, ...customer.keys].sort().join();
          const expected =
            "join.success,join.success,payment,payment.ack,paymentrequest.create,paymentrequest.response";
          ensureEqual(heard, expected, "what was heard");
        }),
      );
    },
  },
  {
    id: "order",
    title: "Messages of one sender arrive in the order in which they were sent",
    source: "defect 16",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      for (let n = 0; n < orderedFrames; n++) merchant.say("paymentrequest.response", { bodyText: termsBody(`${n}`) });
      for (let n = 0; n < orderedFrames; n++) {
        const { message } = await customer.hear("paymentrequest.response");
        ensureEqual(message.bodyText, termsBody(`${n}`), `message ${n}`);
      }
    },
  },
  {
    id: "slow-reader",
    title: "A peer that stops reading holds up neither its own channel nor another",
    source: "defect 2",
    needs: ["tcp"],
    async run(kit) {
      const quiet = await kit.meet();
      const { channelId, merchant, customer } = await kit.meet();
      const slow = await kit.rawOn(channelId);
      await until(() => (slow.texts.length > 0 ? true : undefined), kit.waitMs);
      slow.pause();
      const bodyText = JSON.stringify({ padding: "x".repeat(slowFrameBytes) });
      // In portions: a server may bound what one connection has under way.
      for (let portion = 0; portion < slowPortions; portion++) {
        for (let n = 0; n < slowFrames; n++) merchant.say("paymentrequest.response", { bodyText });
        for (let n = 0; n < slowFrames; n++) await customer.hear("paymentrequest.response");
      }
      await payFlow(quiet.merchant, quiet.customer);
    },
  },
  {
    id: "large-payment",
    title: "A payment of 200,000 bytes arrives whole",
    source: "defect 13",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      const bodyText = paymentBody("large", "00".repeat(100_000));
      customer.say("payment", { bodyText });
      const heard = await merchant.hear("payment");
      ensureEqual(heard.message.bodyText?.length, bodyText.length, "its length");
      ensure(heard.message.bodyText === bodyText, "its body was changed");
      merchant.say("payment.ack", { bodyText: ackBody() });
      await customer.hear("payment.ack");
    },
  },
  {
    id: "too-large",
    title: "A message over the limit is answered with an error that names the limit",
    source: "defect 13",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("payment", { bodyText: paymentBody("too large", "00".repeat(700_000)) });
      const outcome = await until(() => {
        if (customer.keys.includes("error")) return "error";
        if (customer.closedWith !== null) return "closed";
        return merchant.keys.includes("payment") ? "delivered" : undefined;
      }, kit.waitMs);
      if (outcome === "delivered") skip("the server takes messages of 1.4 MB");
      if (outcome === "closed") fail(`the socket was closed with ${customer.closedWith} and no word`);
      if (outcome === undefined) fail("there is no answer");
      const error = await customer.hear("error");
      ensure(/\d{4,}/.test(error.text.replace(/"timestamp":"[^"]*"/, "")), "the error names no limit");
    },
  },
  {
    id: "dead-peer-leaves",
    title: "A connection that breaks without a word is no burden: the channel goes on",
    source: "defect 1",
    needs: ["tcp"],
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      await breakOff(kit, channelId);
      await payFlow(merchant, customer);
    },
  },
];

async function breakOff(kit: Kit, channelId: string): Promise<void> {
  const broken = await kit.rawOn(channelId);
  await until(() => (broken.texts.length > 0 ? true : undefined), kit.waitMs);
  broken.send(opcodes.text, '{"key":"paymentrequest.cre');
  broken.close();
}
