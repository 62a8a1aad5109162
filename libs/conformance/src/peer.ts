import { afterClose, decodeFrame, encodeMessage, headerValue, serverMessage } from "@p4/protocol";
import type { Dialect, Message, MessageHeaders, RawMember } from "@p4/protocol";
import { CheckFailure, fail } from "./check.ts";
import { randomHex } from "./random.ts";
import { until } from "./until.ts";

/** A frame as it came. */
export interface Heard {
  readonly text: string;
  readonly message: Message;
  readonly dialect: Dialect;
}

export interface Said {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly channelId?: string;
  readonly headers?: MessageHeaders;
  /** JSON text, sent as it is. */
  readonly bodyText?: string;
  readonly extra?: readonly RawMember[];
}

/** What was learned of the server, for the peers that come after. */
export interface Manners {
  /** False once it has left a message unanswered that it had to refuse. */
  answersRefused: boolean;
}

export interface PeerOptions {
  readonly channelId: string;
  readonly dialect: Dialect;
  readonly waitMs: number;
  readonly manners: Manners;
  readonly protocols?: readonly string[];
}

/** A plain WebSocket on a channel. */
export class Peer {
  readonly channelId: string;
  readonly heard: Heard[] = [];
  /** Null while open. */
  closedWith: number | null = null;
  /** What the close said beside its code. */
  closeReason = "";
  readonly #options: PeerOptions;
  readonly #socket: WebSocket;
  readonly #consumed = new Map<string, number>();

  constructor(url: string, options: PeerOptions) {
    this.channelId = options.channelId;
    this.#options = options;
    this.#socket = new WebSocket(url, [...(options.protocols ?? [])]);
    this.#socket.addEventListener("message", ({ data }) => this.#onMessage(String(data)));
    this.#socket.addEventListener("close", ({ code, reason }) => {
      this.closedWith = code;
      this.closeReason = reason;
    });
    // A refused upgrade is told by this event alone.
    this.#socket.addEventListener("error", () => (this.closedWith ??= 1006));
  }

  get keys(): readonly string[] {
    return this.heard.map(({ message }) => message.key);
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** Says a message in this peer's dialect; gives its messageId. */
  say(key: string, said: Said = {}): string {
    const messageId = said.messageId ?? randomHex(8);
    const message: Message = {
      ...serverMessage({ key, channelId: said.channelId ?? this.channelId, messageId, timestampMs: Date.now() }),
      appId: "conformance",
      correlationId: said.correlationId ?? "",
      headers: said.headers ?? [],
      bodyText: said.bodyText ?? null,
      extra: said.extra ?? [],
    };
    this.sendText(encodeMessage(message, this.#options.dialect));
    return messageId;
  }

  sendText(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** The next message with this key. Fails the check when it does not come. */
  async hear(key: string): Promise<Heard> {
    const skipped = this.#consumed.get(key) ?? 0;
    const found = await until(() => {
      const next = this.heard.filter(({ message }) => message.key === key)[skipped];
      if (next === undefined && this.closedWith !== null)
        fail(`closed with ${this.closedWith}${this.#reason} before ${this.#story(key)}`);
      return next;
    }, this.#options.waitMs);
    if (found === undefined) return fail(`${this.#options.waitMs} ms without ${this.#story(key)}`);
    this.#consumed.set(key, skipped + 1);
    return found;
  }

  /** Once something was heard or the socket is closed: whether a busy server has refused it for the moment. */
  async isTurnedAway(): Promise<boolean> {
    await until(() => (this.heard.length > 0 || this.closedWith !== null ? true : undefined), this.#options.waitMs);
    return this.heard.length === 0 && this.closedWith !== null && afterClose(this.closedWith) !== "stop";
  }

  /** The close code. Fails the check when the socket stays open. */
  async closed(): Promise<number> {
    const code = await until(() => this.closedWith ?? undefined, this.#options.waitMs);
    return code ?? fail(`the socket is still open after ${this.#options.waitMs} ms`);
  }

  /**
   * Waits until what was on its way to this peer is here: the server answers a message that it must refuse, and a
   * socket keeps its order. A server that is known to leave it unanswered gets a moment instead.
   */
  async settle(): Promise<void> {
    const { manners, waitMs } = this.#options;
    const before = this.heard.length;
    const answerAt = () => this.heard.findIndex(({ message }, at) => at >= before && message.key === "error");
    this.say("no.such.key");
    await until(
      () => (answerAt() !== -1 || this.closedWith !== null ? true : undefined),
      manners.answersRefused ? waitMs : momentMs,
    );
    if (answerAt() !== -1) this.heard.splice(answerAt(), 1);
    else if (this.closedWith === null) manners.answersRefused = false;
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await this.closed();
  }

  close(): void {
    this.#socket.close();
  }

  #onMessage(text: string): void {
    const frame = decodeFrame(text, { maxBytes: Number.MAX_SAFE_INTEGER });
    if (frame.ok) this.heard.push({ text, message: frame.message, dialect: frame.dialect });
    else this.heard.push({ text, message: { ...nothing, extra: [["unreadable", frame.error.code]] }, dialect: "p4" });
  }

  get #reason(): string {
    return this.closeReason === "" ? "" : ` (${this.closeReason})`;
  }

  #story(key: string): string {
    return `${key}; heard ${this.keys.length === 0 ? "nothing" : this.keys.slice(-8).join(", ")}`;
  }
}

const momentMs = 250;
const nothing = serverMessage({ key: "(unreadable)", channelId: "", messageId: "", timestampMs: 0 });

/** Fails unless the header is there. */
export function headerOf({ message }: Heard, name: string): string {
  const value = headerValue(message.headers, name);
  if (value === null) throw new CheckFailure(`${message.key} has no header ${name}`);
  return value;
}

/** The frame's own JSON. */
export function jsonOf(heard: Heard): Record<string, unknown> {
  return JSON.parse(heard.text) as Record<string, unknown>;
}
