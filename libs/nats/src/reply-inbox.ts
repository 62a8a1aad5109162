import { createInbox, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@p4/event-store";

/** One open question to the broker. */
export interface PendingReply {
  /** The subject asked, to match a refused publish with its question. */
  readonly subject: string;
  /** Milliseconds on the process's monotonic clock. */
  deadlineMs: number;
  /** Returns true when the answer is complete. */
  onReply(message: Msg): boolean;
  onFailure(error: Error): void;
}

const sweepEveryMs = 100;

/**
 * All answers arrive on one wildcard subscription and are found by a token in a map; one timer looks for late ones.
 * That keeps a request at one promise: no timer, no subscription and no race of its own.
 */
export class ReplyInbox {
  readonly #nc: NatsConnection;
  readonly #inboxPrefix: string;
  readonly #prefix: string;
  readonly #pending = new Map<string, PendingReply>();
  #counter = 0;
  /** Why no answer can ever come: the broker does not let this user listen on its inbox. */
  #refused: StoreError | undefined;
  #sweep: NodeJS.Timeout | undefined;

  /** `prefix`: of all inboxes of this connection, such as `_INBOX.p4-edge`. */
  constructor(nc: NatsConnection, prefix: string) {
    this.#nc = nc;
    this.#inboxPrefix = prefix;
    this.#prefix = `${this.newSubject()}.`;
    nc.subscribe(`${this.#prefix}*`, { callback: (error, message) => this.#onMessage(error, message) });
  }

  /** For answers that cannot come by the shared subscription. */
  newSubject(): string {
    return createInbox(this.#inboxPrefix);
  }

  /** Opens a question; the caller publishes with the returned reply subject. Throws STORE_FORBIDDEN. */
  open(pending: PendingReply): string {
    if (this.#refused !== undefined) throw this.#refused;
    const token = (++this.#counter).toString(36);
    this.#pending.set(token, pending);
    this.#sweep ??= setInterval(() => this.#expire(), sweepEveryMs);
    return this.#prefix + token;
  }

  /** Drops a request whose answer is no longer awaited. */
  cancel(replySubject: string): void {
    this.#pending.delete(replySubject.slice(this.#prefix.length));
  }

  /** The question with this reply subject could not be asked. */
  fail(replySubject: string, error: Error): void {
    const token = replySubject.slice(this.#prefix.length);
    const pending = this.#pending.get(token);
    this.#pending.delete(token);
    pending?.onFailure(error);
  }

  /** After a lost connection no answer can come any more. */
  failAll(error: Error): void {
    this.#failWhere(() => true, error);
  }

  failSubject(subject: string, error: Error): void {
    this.#failWhere((pending) => pending.subject === subject, error);
  }

  /** Resolves when nothing is open any more, or after the limit. */
  async idle(limitMs: number): Promise<void> {
    const end = performance.now() + limitMs;
    while (this.#pending.size > 0 && performance.now() < end) await sleep(10);
  }

  close(error: Error): void {
    this.failAll(error);
    this.#stopSweep();
  }

  #onMessage(error: Error | null, message: Msg): void {
    if (error !== null) return this.#refuse(error);
    const token = message.subject.slice(this.#prefix.length);
    const pending = this.#pending.get(token);
    if (pending === undefined) return;
    // The client's reader dies of an exception in a callback, and with it the connection.
    try {
      if (pending.onReply(message)) this.#pending.delete(token);
    } catch (cause) {
      this.#pending.delete(token);
      pending.onFailure(new StoreError("STORE_UNAVAILABLE", `unreadable answer on ${pending.subject}`, { cause }));
    }
  }

  #refuse(cause: Error): void {
    this.#refused = new StoreError("STORE_FORBIDDEN", `listening on ${this.#prefix}*, where answers arrive`, { cause });
    this.failAll(this.#refused);
  }

  #expire(): void {
    if (this.#pending.size === 0) return this.#stopSweep();
    const now = performance.now();
    for (const [token, pending] of this.#pending) {
      if (pending.deadlineMs > now) continue;
      this.#pending.delete(token);
      pending.onFailure(new StoreError("STORE_UNAVAILABLE", `no answer in time on ${pending.subject}`));
    }
  }

  #failWhere(concerned: (pending: PendingReply) => boolean, error: Error): void {
    for (const [token, pending] of this.#pending) {
      if (!concerned(pending)) continue;
      this.#pending.delete(token);
      pending.onFailure(error);
    }
  }

  #stopSweep(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
