import { headerValue } from "@p4/protocol";
import { paymentBody } from "../bodies.ts";
import { ensureEqual, fail, type Check } from "../check.ts";

const source = "field: BRC-54, BRC-105, BRC-29, paymail and shop plug-ins";
const { rawTx } = JSON.parse(paymentBody()) as { rawTx: string };

/** Bodies of senders in use that have a vocabulary's mark and do not fit it whole. */
const payments: readonly string[] = [
  { modeId: "ef63d9775da5", mode: { ef63d9775da5: { optionId: "choiceID0", transactions: [rawTx] } } },
  { derivationPrefix: "AA==", derivationSuffix: "AA==", transaction: "AQEBAQ==" },
  { customInstructions: {}, transaction: [1, 1, 1, 1], amount: 1500 },
  { beef: "0100beef", reference: "r" },
  { rawTx: 7 },
  { rawTx, refundTo: "a".repeat(200) },
  [rawTx],
].map((body) => JSON.stringify(body));

const terms: readonly string[] = [
  { modes: [{ mode: "HybridPaymentMode", brfcId: "ef63d9775da5", outputs: [] }], outputs: [] },
  { outputs: [{ amount: 5, address: "an address" }] },
  { outputs: [{ amount: "5", script: "51" }] },
  { destinations: { outputs: [{ script: "51" }] } },
].map((body) => JSON.stringify(body));

/** The server passes bodies on and leaves the judgement to the receiver. */
export const bodyChecks: readonly Check[] = [
  {
    id: "bodies-unjudged",
    title: "Payments and terms that fit no vocabulary pass through as they are",
    source,
    async run(kit) {
      for (const bodyText of payments) {
        const { merchant, customer } = await kit.meet();
        customer.say("payment", { bodyText });
        ensureEqual((await merchant.hear("payment")).message.bodyText, bodyText, "the payment");
      }
      for (const bodyText of terms) {
        const { merchant, customer } = await kit.meet();
        merchant.say("paymentrequest.response", { bodyText });
        ensureEqual((await customer.hear("paymentrequest.response")).message.bodyText, bodyText, "the terms");
      }
    },
  },
  {
    id: "bridge-bodies-unjudged",
    title: "Posted payments that fit no vocabulary reach the merchant as they are",
    source,
    needs: ["http"],
    async run(kit) {
      for (const bodyText of payments) {
        const channelId = kit.newChannelId();
        const merchant = await kit.joinAs("merchant", channelId);
        const { status } = await kit.post(`/api/v1/payment/${channelId}`, bodyText, { prefer: "wait=0" });
        ensureEqual(status, 202, `the status for ${bodyText}`);
        ensureEqual((await merchant.hear("payment")).message.bodyText, bodyText, "the payment");
      }
    },
  },
  {
    id: "body-warning",
    title: "What was not recognised in a body is told to its sender, with field and rule: in the receipt and over HTTP",
    source: "design: x-p4-warning",
    needs: ["http"],
    async run(kit) {
      const { channelId, merchant } = await kit.meet();
      const customer = await kit.joinAs("customer", channelId, "&role=customer&receipts=true");
      const bodyText = JSON.stringify({ rawtx: rawTx });
      customer.say("payment", { bodyText });
      const inReceipt = headerValue((await customer.hear("receipt")).message.headers, "x-p4-warning");
      await merchant.hear("payment");
      const { headers } = await kit.post(`/api/v1/payment/${channelId}`, bodyText, { prefer: "wait=0" });
      for (const warning of [inReceipt, headers.get("x-p4-warning")]) {
        if (warning?.includes("rawtx") !== true) fail(`the warning is ${JSON.stringify(warning)}`);
      }
    },
  },
];
