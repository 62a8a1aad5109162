import type { Receipt } from "./core/session-core.ts";
import { withDeadline } from "./deadline.ts";
import { type SessionError, sessionError } from "./errors.ts";
import type { Subscribe } from "./event-wait.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import { randomId } from "./random-id.ts";
import type { ReceivedMessage } from "./received-message.ts";
import type { Session } from "./session.ts";

/** The last answers of the other side, for questions that are put again: also when nothing can be asked any more. */
const maxAnswers = 32;

export interface Wait {
  readonly signal: AbortSignal | undefined;
  /** Null: without a deadline. */
  readonly timeoutMs: number | null;
  /** What the caller has to know of a question that is stored and has no answer yet. */
  readonly stored?: string;
}

/** Questions to the merchant and their answers. */
export class Exchange {
  readonly #session: Session;
  readonly #answers: ReceivedMessage[] = [];

  constructor(session: Session, answerKeys: readonly string[]) {
    this.#session = session;
    session.onDelivery((received) => {
      // That the merchant could not answer is no answer: asked again, he may.
      if (!answerKeys.includes(received.key) || received.key.endsWith(".error")) return;
      this.#answers.push(received);
      if (this.#answers.length > maxAnswers) this.#answers.shift();
    });
  }

  /**
   * Sends the question and waits for one of `answerKeys`. A refusal of the server rejects it, and so does the time that is
   * over, with the cause: SERVER_UNREACHABLE, NOT_STORED, MERCHANT_ABSENT or MERCHANT_SILENT.
   */
  async ask(question: OutgoingMessage, answerKeys: readonly string[], wait: Wait): Promise<ReceivedMessage> {
    const messageId = question.messageId ?? randomId();
    const known = this.#answers.find(
      ({ key, message }) => answerKeys.includes(key) && message.correlationId === messageId,
    );
    if (known !== undefined && wait.signal?.aborted !== true) return known;
    let receipt: Receipt | null = null;
    const sending = this.#session.sending({ ...question, messageId, correlationId: messageId });
    const subscribe: Subscribe<ReceivedMessage> = (resolve, reject) => {
      /** What came before the receipt. */
      const early: ReceivedMessage[] = [];
      const stopListening = this.#session.onDelivery((received) => {
        if (!answerKeys.includes(received.key)) return;
        if (answers(received, messageId, receipt)) resolve(received);
        else if (receipt === null) early.push(received);
      });
      const stopSending = sending((stored) => {
        receipt = stored;
        // The answer to a question that was stored before comes once more after the receipt: before it came that to another.
        // Without sequences an old answer cannot be told from a new one.
        if (stored.outcome !== "stored" || stored.sequence === null) return;
        const first = early.find((received) => answers(received, messageId, stored));
        if (first !== undefined) resolve(first);
      }, reject);
      return () => {
        stopListening();
        stopSending();
      };
    };
    const late = (): SessionError => this.#late(receipt, wait.stored);
    return this.#session.waitFor(withDeadline(subscribe, wait.timeoutMs, late), wait.signal);
  }

  #late(receipt: Receipt | null, stored: string | undefined): SessionError {
    if (receipt === null) return this.#session.notStored();
    if (this.#session.phase !== "joined") return this.#session.unreachable(stored);
    return sessionError(this.#session.merchantPresent === false ? "MERCHANT_ABSENT" : "MERCHANT_SILENT", stored);
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
