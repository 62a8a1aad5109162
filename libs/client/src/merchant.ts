import type { Receipt } from "./core/session-core.ts";
import type { StepOptions } from "./deadline.ts";
import { type ClientErrorCode, isSessionError } from "./errors.ts";
import { failureOf, type MerchantFailure } from "./merchant-error.ts";
import { bodyTextOf } from "./outgoing-message.ts";
import type { ReceivedMessage } from "./received-message.ts";
import { Session } from "./session.ts";
import type { SessionOptions } from "./session-options.ts";
import { WalletSession } from "./wallet-session.ts";

/**
 * Gives the answer's body, as value or as JSON text. What it throws becomes the matching `*.error` message, and so does what is
 * neither: nothing but a body that says so accepts a payment.
 */
export type AnswerHandler = (question: ReceivedMessage) => object | string | Promise<object | string>;

type Answer = (question: ReceivedMessage) => Promise<void>;

/** Of an answer that no repetition would bring to the customer. */
const unsendable: readonly string[] = ["MESSAGE_INVALID", "MESSAGE_TOO_LARGE"] satisfies ClientErrorCode[];

/** A wire id may have 256 characters: an answer's id is made from the question's only where that fits. */
const longestDerivedFrom = 240;

/**
 * The receiving wallet's side of a channel. Its answers have no default deadline: a customer waits for them, so they are
 * repeated until the server has stored them or the session ends.
 */
export class MerchantSession extends WalletSession {
  readonly #answers = new Map<string, Answer>();
  /** The newest question of each kind that came before its handler. */
  readonly #unanswered = new Map<string, ReceivedMessage>();

  constructor(session: Session) {
    super(session);
    session.events.on("termsRequested", ({ received }) => this.#answer(received));
    session.events.on("payment", ({ received }) => this.#answer(received));
  }

  /** The handler builds the payment request for each customer who asks. One handler; a new one replaces it. */
  onTermsRequested(handler: AnswerHandler): void {
    this.#handle(
      "paymentrequest.create",
      handler,
      (question, body) => this.offerTerms(body, question),
      (question, failure) => this.refuseTerms(question, failure),
    );
  }

  /**
   * The handler checks a payment and gives the ack; `{ error: 1, memo }` in it refuses. After a crash the same payment
   * comes again in a new session, so the handler has to give the same verdict for the same payment.
   */
  onPayment(handler: AnswerHandler): void {
    this.#handle(
      "payment",
      handler,
      (question, body) => this.acknowledge(question, body),
      (question, failure) => this.failPayment(question, failure),
    );
  }

  /** Sends the payment request: in answer to a question, or unasked. */
  offerTerms(body: object | string, question?: ReceivedMessage, options: StepOptions = {}): Promise<Receipt> {
    return this.#reply("paymentrequest.response", body, question, options);
  }

  refuseTerms(question: ReceivedMessage, failure: MerchantFailure, options: StepOptions = {}): Promise<Receipt> {
    return this.#reply("paymentrequest.error", failure, question, options);
  }

  acknowledge(payment: ReceivedMessage, body: object | string, options: StepOptions = {}): Promise<Receipt> {
    return this.#reply("payment.ack", body, payment, options);
  }

  /** Not a verdict: the customer may send the same payment again, under another messageId. */
  failPayment(payment: ReceivedMessage, failure: MerchantFailure, options: StepOptions = {}): Promise<Receipt> {
    return this.#reply("payment.error", failure, payment, options);
  }

  /**
   * Ends the channel for everyone, and this session with it. While a payment waits for its answer the server refuses with
   * PAYMENT_PENDING, and the session asks again until that is given or the time is over.
   */
  async closeChannel(options: StepOptions = {}): Promise<void> {
    try {
      await this.session.send({ key: "channel.close", bodyText: null }, options);
    } catch (error) {
      // The channel's end may come before the receipt.
      if (!isSessionError(error) || error.code !== "CHANNEL_CLOSED") throw error;
    }
  }

  /** The id is made from the question's: a merchant that restarts and answers once more adds nothing to the log. */
  async #reply(
    key: string,
    body: object | string,
    question: ReceivedMessage | undefined,
    options: StepOptions,
  ): Promise<Receipt> {
    const { messageId = "", correlationId = "" } = question?.message ?? {};
    const derived = messageId !== "" && messageId.length <= longestDerivedFrom;
    return this.session.send(
      {
        key,
        bodyText: bodyTextOf(body),
        ...(derived ? { messageId: `${messageId}.${key}` } : {}),
        ...(question === undefined ? {} : { correlationId: correlationId || messageId }),
      },
      options,
    );
  }

  #handle(
    key: string,
    handler: AnswerHandler,
    succeed: (question: ReceivedMessage, body: object | string) => Promise<Receipt>,
    fail: (question: ReceivedMessage, failure: MerchantFailure) => Promise<Receipt>,
  ): void {
    this.#answers.set(key, async (question) => {
      const giveUp = async (error: unknown): Promise<void> => {
        this.session.events.emit({ type: "handlerFailed", error, received: question });
        await fail(question, failureOf(error));
      };
      let body: object | string;
      try {
        body = await handler(question);
      } catch (error) {
        return giveUp(error);
      }
      try {
        await succeed(question, body);
      } catch (error) {
        if (!isSessionError(error) || !unsendable.includes(error.code)) throw error;
        await giveUp(error);
      }
    });
    const early = this.#unanswered.get(key);
    this.#unanswered.delete(key);
    if (early !== undefined) this.#answer(early);
  }

  #answer(question: ReceivedMessage): void {
    const answer = this.#answers.get(question.key);
    if (answer === undefined) {
      this.#unanswered.set(question.key, question);
      return;
    }
    answer(question).catch((error: unknown) => {
      if (this.phase !== "ended") this.session.events.emit({ type: "handlerFailed", error, received: question });
    });
  }
}

/** Joins a channel as the merchant. Several addresses: other nodes of the same service. Throws URL_INVALID. */
export function merchant(url: string | readonly string[], options: SessionOptions = {}): MerchantSession {
  return new MerchantSession(new Session("merchant", url, options));
}
