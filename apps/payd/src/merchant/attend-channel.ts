import type { MerchantSession, ReceivedMessage } from "@p4/client";
import { isSpvError } from "@p4/spv";
import type { Logger } from "@p4/telemetry";
import type { PaydMetrics } from "../payd-metrics.ts";
import { clientErrorOf } from "./client-error.ts";
import type { MinersNewsService } from "./miners-news-service.ts";
import type { PaymentService } from "./payment-service.ts";
import type { ProofService } from "./proof-service.ts";
import type { TermsService } from "./terms-service.ts";

export interface ChannelServices {
  readonly terms: TermsService;
  readonly payments: PaymentService;
  readonly proofs: ProofService;
  readonly news: MinersNewsService;
  readonly onRefused: (invoiceId: string, memo: string) => void;
  readonly metrics: PaydMetrics;
  readonly logger: Logger;
}

/** States of the channel in which an acknowledgement is in its log. */
const acknowledgedStates = ["awaitingProof", "settled"];

/** Answers what comes on one invoice's channel. Nothing that fails here ends the session. */
export function attendChannel(session: MerchantSession, services: ChannelServices): void {
  const { terms, payments, proofs, news, metrics } = services;
  const invoiceId = session.channelId;
  const logger = services.logger.child({ invoiceId });
  const attend = (what: string, task: Promise<void>): void => {
    task.catch((error: unknown) => {
      // The session repeats by itself what the server has not stored; what ends here came too late or is not wanted.
      if (session.phase !== "ended") logger.warn({ error }, `${what} failed`);
    });
  };

  const answerTerms = async (question: ReceivedMessage): Promise<void> => {
    let body: object;
    try {
      body = await terms.answer(invoiceId);
    } catch (error) {
      logger.warn({ error }, "no payment request");
      await session.refuseTerms(question, clientErrorOf(invoiceId, error));
      return;
    }
    await session.offerTerms(body, question);
  };

  const answerPayment = async (payment: ReceivedMessage): Promise<void> => {
    let answer;
    try {
      answer = await payments.receive(invoiceId, payment.bodyText);
    } catch (error) {
      metrics.payments.inc({ outcome: "failed" });
      logger.warn({ error }, "payment not settled; the customer may send it again");
      await session.failPayment(payment, clientErrorOf(invoiceId, error));
      return;
    }
    const { verdict } = answer;
    metrics.payments.inc({ outcome: verdict.accepted ? "accepted" : "refused" });
    if (!verdict.accepted) services.onRefused(invoiceId, verdict.memo);
    logger.info(
      { txid: verdict.txid, ...(!verdict.accepted && { code: verdict.code, memo: verdict.memo }) },
      "payment judged",
    );
    await session.acknowledge(payment, answer.ack);
    if (verdict.accepted) await payments.acknowledged(invoiceId, verdict.txid);
  };

  const takeMinersNews = async ({ bodyText }: ReceivedMessage): Promise<void> => {
    const outcome = await news.receive(invoiceId, bodyText ?? "");
    metrics.proofs.inc({ outcome });
    logger.warn({ outcome }, "a miner takes back what the payment counted on");
  };

  const takeProof = async ({ bodyText }: ReceivedMessage): Promise<void> => {
    try {
      const outcome = await proofs.receive(invoiceId, bodyText ?? "");
      metrics.proofs.inc({ outcome });
      logger.info({ outcome }, "proof callback taken");
    } catch (error) {
      if (!isSpvError(error)) throw error;
      metrics.proofs.inc({ outcome: "invalid" });
      logger.warn({ code: error.code, reason: error.message }, "proof callback is not valid");
    }
  };

  session.on("joined", ({ join }) => {
    // The wallet was stopped after the channel had stored its acknowledgement and before it could note that.
    if (acknowledgedStates.includes(join.channelState ?? ""))
      attend("acknowledgement", payments.noteAcknowledged(invoiceId));
  });
  session.on("termsRequested", ({ received }) => attend("payment request", answerTerms(received)));
  session.on("payment", ({ received }) => attend("payment", answerPayment(received)));
  session.on("proof", ({ received }) => attend("proof", takeProof(received)));
  session.on("doubleSpend", ({ received }) => attend("double spend", takeProof(received)));
  session.on("proofRevoked", ({ received }) => attend("revoked proof", takeMinersNews(received)));
  session.on("rejected", ({ received }) => attend("rejection", takeMinersNews(received)));
  session.on("refused", ({ error, retryInMs }) =>
    logger.warn({ code: error.code, reason: error.message, retryInMs }, "server refused a message"),
  );
}
