import { ackOutcome } from "@p4/protocol";
import { merchantError } from "./merchant-error.ts";
import { Exchange } from "./exchange.ts";
import { bodyTextOf } from "./outgoing-message.ts";
import { type TypedMessage, typedBody } from "./received-message.ts";
import { Session } from "./session.ts";
import type { SessionOptions } from "./session-options.ts";
import { type StepOptions, WalletSession } from "./wallet-session.ts";

export interface Ack extends TypedMessage {
  /** False: the merchant refused the payment; `memo` says why. */
  readonly accepted: boolean;
  readonly memo: string | null;
}

export interface PayOptions extends StepOptions {
  /** The same id means the same payment: its stored answer comes back, nothing is paid twice. Default: a new UUID. */
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

  /** Asks for the payment request. Throws TERMS_REFUSED, BODY_INVALID, or the server's refusal. */
  async requestTerms({ signal }: StepOptions = {}): Promise<TypedMessage> {
    const question = { key: "paymentrequest.create" };
    const answer = await this.#exchange.ask(question, ["paymentrequest.response", "paymentrequest.error"], signal);
    if (answer.key === "paymentrequest.error") throw merchantError("TERMS_REFUSED", answer);
    return { ...answer, body: typedBody(answer) };
  }

  /** Pays, and waits for the merchant's verdict. Throws PAYMENT_FAILED, or the server's refusal. */
  async pay(body: object | string, { messageId, signal }: PayOptions = {}): Promise<Ack> {
    const question = { key: "payment", bodyText: bodyTextOf(body), ...(messageId === undefined ? {} : { messageId }) };
    const answer = await this.#exchange.ask(question, ["payment.ack", "payment.error"], signal);
    if (answer.key === "payment.error") throw merchantError("PAYMENT_FAILED", answer);
    return { ...answer, body: typedBody(answer), ...ackOutcome(answer.bodyText) };
  }
}

/** Joins a channel as the customer. Several addresses: other nodes of the same service. Throws URL_INVALID. */
export function customer(url: string | readonly string[], options: SessionOptions = {}): CustomerSession {
  return new CustomerSession(new Session("customer", url, options));
}
