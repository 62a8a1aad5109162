import { messageKey } from "./apply-event.ts";
import type { ChannelContext, Verdict, WalletEventType } from "./context.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** A customer's message that the merchant has to answer. */
export type QuestionEvent = SequencedEvent<"TermsRequested" | "PaymentSubmitted">;
/** The merchant's answer. */
export type AnswerEvent = SequencedEvent<"TermsOffered" | "TermsRefused"> | Verdict;

/** The customer's message of this id, if it asks for an answer. */
export function findQuestion(messageId: string, context: ChannelContext): QuestionEvent | null {
  const event = context.seen.get(messageKey({ role: "customer" }, messageId));
  return event?.type === "TermsRequested" || event?.type === "PaymentSubmitted" ? event : null;
}

/** The payment with this transaction. One that the merchant could not judge does not count: it may be sent again. */
export function findPayment(txid: string | null, context: ChannelContext): SequencedEvent<"PaymentSubmitted"> | null {
  if (txid === null) return null;
  const attempt = context.attempts.find(
    ({ payment, verdict }) => payment.data.txid === txid && verdict?.type !== "PaymentFailed",
  );
  return attempt?.payment ?? null;
}

/** Null: not answered yet. The same question has the same answer for ever. */
export function answerTo(question: QuestionEvent, context: ChannelContext): AnswerEvent | null {
  if (question.type === "TermsRequested") return termsFor(question, context);
  const attempt = context.attempts.find(({ payment }) => payment.streamVersion === question.streamVersion);
  return attempt?.verdict ?? null;
}

/** The first terms after the request, unless their correlation id says that they answer another request. */
function termsFor(
  request: SequencedEvent<"TermsRequested">,
  context: ChannelContext,
): SequencedEvent<"TermsOffered" | "TermsRefused"> | null {
  for (const event of context.seen.values()) {
    if (event.type !== "TermsOffered" && event.type !== "TermsRefused") continue;
    if (event.streamVersion < request.streamVersion) continue;
    const { correlationId } = event.data.message;
    if (correlationId === "" || isNamed(request, correlationId)) return event;
    if (!hasOtherRequest(correlationId, context)) return event;
  }
  return null;
}

function hasOtherRequest(correlationId: string, context: ChannelContext): boolean {
  for (const event of context.seen.values()) {
    if (event.type === "TermsRequested" && isNamed(event, correlationId)) return true;
  }
  return false;
}

/** Wallets in use send no correlation id of their own; an answer then names the message. */
function isNamed({ data: { message } }: SequencedEvent<WalletEventType>, correlationId: string): boolean {
  return message.correlationId === correlationId || message.messageId === correlationId;
}
