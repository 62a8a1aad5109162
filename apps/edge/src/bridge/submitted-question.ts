import type { SubmitResult } from "@p4/actors";
import { findQuestion, type QuestionEvent } from "@p4/channel";

/** The question as the log has taken it, now or before. */
export function submittedQuestion(result: SubmitResult, messageId: string): QuestionEvent {
  const event = result.outcome === "stored" ? result.event : findQuestion(messageId, result.channel.snapshot.context);
  if (event?.type === "TermsRequested" || event?.type === "PaymentSubmitted") return event;
  throw new Error(`message ${messageId}: ${result.outcome}, and not in the channel`);
}
