import { ackOutcome } from "@p4/protocol";
import { deadlines, type StepOptions, timeoutOf } from "./deadline.ts";
import { merchantError } from "./merchant-error.ts";
import { Exchange } from "./exchange.ts";
import { bodyTextOf } from "./outgoing-message.ts";
import { type TypedMessage, typedBody } from "./received-message.ts";
import { Session } from "./session.ts";
import type { SessionOptions } from "./session-options.ts";
import { WalletSession } from "./wallet-session.ts";

export interface Ack extends TypedMessage {
  /** False: the merchant refused the payment; `memo` says why. */
  readonly accepted: boolean;
  readonly memo: string | null;
}

export interface PayOptions extends StepOptions {
  /**
   * The same id means the same payment: its stored answer comes back, nothing is paid twice, also once this session has ended
   * if it has heard the answer. Default: a new UUID.
   */
  readonly messageId?: string;
}

const answerKeys = ["paymentrequest.response", "paymentrequest.error", "payment.ack", "payment.error"];

/** The paying wallet's side of a channel. */
export class CustomerSession extends WalletSession {
  readonly #exchange: Exchange;

  constructor(session: Session) {
    super(session);
    this.#exchange = new Exchange(session, answerKeys);
  }

  /**
   * Asks for the payment request; 30 s are the default deadline. Throws TERMS_REFUSED, BODY_INVALID, the server's refusal, or
   * the cause of the silence: SERVER_UNREACHABLE, NOT_STORED, MERCHANT_ABSENT, MERCHANT_SILENT.
   */
  async requestTerms(options: StepOptions = {}): Promise<TypedMessage> {
    const question = { key: "paymentrequest.create" };
    const wait = { signal: options.signal, timeoutMs: timeoutOf(options, deadlines.termsMs) };
    const answer = await this.#exchange.ask(question, ["paymentrequest.response", "paymentrequest.error"], wait);
    if (answer.key === "paymentrequest.error") throw merchantError("TERMS_REFUSED", answer);
    return { ...answer, body: typedBody(answer) };
  }

  /**
   * Pays, and waits for the merchant's verdict; two minutes are the default deadline. Throws PAYMENT_FAILED, the server's
   * refusal, or the cause of the silence as `requestTerms`. A payment that had no verdict in time may get one later: pay the
   * same again, not another one. PAYMENT_FAILED is no verdict either: the merchant judges the same body anew under another
   * messageId (leave it out), under the old one the stored failure comes back.
   */
  async pay(body: object | string, options: PayOptions = {}): Promise<Ack> {
    const { messageId } = options;
    const question = { key: "payment", bodyText: bodyTextOf(body), ...(messageId === undefined ? {} : { messageId }) };
    const stored = "the payment is stored, pay the same again for its verdict";
    const wait = { signal: options.signal, timeoutMs: timeoutOf(options, deadlines.paymentMs), stored };
    const answer = await this.#exchange.ask(question, ["payment.ack", "payment.error"], wait);
    if (answer.key === "payment.error") throw merchantError("PAYMENT_FAILED", answer);
    return { ...answer, body: typedBody(answer), ...ackOutcome(answer.bodyText) };
  }
}

/** Joins a channel as the customer. Several addresses: other nodes of the same service. Throws URL_INVALID. */
export function customer(url: string | readonly string[], options: SessionOptions = {}): CustomerSession {
  return new CustomerSession(new Session("customer", url, options));
}
