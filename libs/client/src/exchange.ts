import type { Receipt } from "./core/session-core.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import { randomId } from "./random-id.ts";
import type { ReceivedMessage } from "./received-message.ts";
import type { Session } from "./session.ts";

/** The last answers of the other side, for questions that are put again. */
const maxAnswers = 32;

/** Questions to the merchant and their answers. */
export class Exchange {
  readonly #session: Session;
  readonly #answers: ReceivedMessage[] = [];

  constructor(session: Session, answerKeys: readonly string[]) {
    this.#session = session;
    session.onDelivery((received) => {
      if (!answerKeys.includes(received.key)) return;
      this.#answers.push(received);
      if (this.#answers.length > maxAnswers) this.#answers.shift();
    });
  }

  /** Sends the question and waits for one of `answerKeys`. A refusal of the server rejects it. */
  async ask(question: OutgoingMessage, answerKeys: readonly string[], signal?: AbortSignal): Promise<ReceivedMessage> {
    const messageId = question.messageId ?? randomId();
    let receipt: Receipt | null = null;
    return this.#session.waitFor<ReceivedMessage>((resolve, reject) => {
      const consider = (received: ReceivedMessage): void => {
        if (answerKeys.includes(received.key) && answers(received, messageId, receipt)) resolve(received);
      };
      const stopListening = this.#session.onDelivery(consider);
      const abort = new AbortController();
      this.#session.send({ ...question, messageId, correlationId: messageId }, abort.signal).then((stored) => {
        receipt = stored;
        // Without sequences an old answer cannot be told from a new one.
        if (stored.sequence !== null) this.#answers.forEach(consider);
      }, reject);
      this.#answers.forEach(consider);
      return () => {
        stopListening();
        abort.abort();
      };
    }, signal);
  }
}

/**
 * A good merchant echoes the correlation id. Deployed ones may leave it empty, and a payment that the log has under
 * another messageId is answered under that one's: then the answer is the first one stored after the question, since
 * one question at a time is open in a channel.
 */
function answers(received: ReceivedMessage, messageId: string, receipt: Receipt | null): boolean {
  const { correlationId } = received.message;
  if (correlationId === messageId) return true;
  if (receipt === null || (correlationId !== "" && receipt.outcome !== "duplicate")) return false;
  // A server without a log says nothing of the order: what comes after the question answers it.
  if (receipt.sequence === null || received.sequence === null) return true;
  return received.sequence > receipt.sequence;
}
