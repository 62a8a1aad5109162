import type { SubmitResult } from "@p4/channel-host";
import type { QuestionEvent } from "@p4/channel";

/** The question as the log has taken it, now or before. */
export function submittedQuestion(result: SubmitResult): QuestionEvent {
  const event =
    result.outcome === "duplicate" ? earlier(result) : result.outcome === "stored" ? result.event : undefined;
  if (event?.type === "TermsRequested" || event?.type === "PaymentSubmitted") return event;
  throw new Error(`a question that the channel has neither taken nor refused: ${result.outcome}`);
}

function earlier({ channel, streamVersion }: Extract<SubmitResult, { outcome: "duplicate" }>) {
  return channel.snapshot.context.messages.find((message) => message.streamVersion === streamVersion);
}
