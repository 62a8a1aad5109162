import type { ChannelContext, Verdict } from "./context.ts";
import type { RecordedMessage } from "./recorded-message.ts";
import type { RememberedEvent } from "./remembered-event.ts";

/** A customer's message that the merchant has to answer. */
export type QuestionEvent = RememberedEvent<"TermsRequested" | "PaymentSubmitted">;
/** The merchant's answer. */
export type AnswerEvent = RememberedEvent<"TermsOffered" | "TermsRefused"> | Verdict;

/** The first of the customers' questions that is the one looked for. */
export function findQuestion(
  isLookedFor: (question: QuestionEvent) => boolean,
  context: ChannelContext,
): QuestionEvent | null {
  const questions = context.messages.filter(isQuestion).filter(({ data }) => data.from.role === "customer");
  return questions.find(isLookedFor) ?? null;
}

function isQuestion(event: RememberedEvent): event is QuestionEvent {
  return event.type === "TermsRequested" || event.type === "PaymentSubmitted";
}

/**
 * Whether a verdict names a payment that has its verdict already: it must not be taken for the waiting one's. A
 * correlation id that names nothing that we know says nothing.
 */
export function answersAnother({ correlationId }: RecordedMessage, context: ChannelContext): boolean {
  if (correlationId === "") return false;
  const named = context.attempts.filter(({ payment }) => isNamed(payment, correlationId));
  return named.length > 0 && named.every(({ verdict }) => verdict !== null);
}

/** Null: not answered yet. The same question always has the same answer. */
export function answerTo(question: QuestionEvent, context: ChannelContext): AnswerEvent | null {
  if (question.type === "TermsRequested") return termsFor(question, context);
  const attempt = context.attempts.find(({ payment }) => payment.streamVersion === question.streamVersion);
  return attempt?.verdict ?? null;
}

/** The first terms after the request, unless their correlation id says that they answer another request. */
function termsFor(
  request: RememberedEvent<"TermsRequested">,
  context: ChannelContext,
): RememberedEvent<"TermsOffered" | "TermsRefused"> | null {
  for (const event of context.messages) {
    if (event.type !== "TermsOffered" && event.type !== "TermsRefused") continue;
    if (event.streamVersion < request.streamVersion) continue;
    const { correlationId } = event.data.message;
    if (correlationId === "" || isNamed(request, correlationId)) return event;
    if (!hasOtherRequest(correlationId, context)) return event;
  }
  return null;
}

function hasOtherRequest(correlationId: string, context: ChannelContext): boolean {
  for (const event of context.messages) {
    if (event.type === "TermsRequested" && isNamed(event, correlationId)) return true;
  }
  return false;
}

/** Wallets in use send no correlation id of their own; an answer then names the message. */
function isNamed({ data: { message } }: RememberedEvent, correlationId: string): boolean {
  return message.correlationId === correlationId || message.messageId === correlationId;
}
