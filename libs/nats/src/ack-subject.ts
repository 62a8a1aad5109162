/** What a message of a consumer tells in its reply subject. */
export interface Delivery {
  /** How many times this message was handed out, this time included. */
  readonly delivered: number;
  readonly streamSequence: number;
}

/**
 * `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`; newer servers put a domain
 * and an account hash before the stream (ADR-15).
 */
export function parseAckSubject(subject: string): Delivery {
  const tokens = subject.split(".");
  const shift = tokens.length > 9 ? 2 : 0;
  return { delivered: Number(tokens[4 + shift]), streamSequence: Number(tokens[5 + shift]) };
}

export const ack = "+ACK";

/** Hand the message out again, to anyone, at once. */
export const nak = "-NAK";

/** Hand the message out again after a while. */
export const nakAfter = (delayMs: number): string => `-NAK {"delay":${Math.round(delayMs) * 1_000_000}}`;
