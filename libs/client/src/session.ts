import type { Role } from "@p4/protocol";
import { randomId } from "./random-id.ts";
import {
  initialSession,
  type Receipt,
  type SessionEffect,
  type SessionInput,
  type SessionPhase,
  type SessionState,
} from "./core/session-core.ts";
import { step } from "./core/step.ts";
import { deadlines, type StepOptions, timeoutOf, withDeadline } from "./deadline.ts";
import { type SessionError, sessionError } from "./errors.ts";
import { EventHub } from "./event-hub.ts";
import { firstOf, type Subscribe } from "./event-wait.ts";
import { addressAt, channelIdOf, joinUrl } from "./join-url.ts";
import { type OutgoingMessage, outgoingEntry } from "./outgoing-message.ts";
import type { ReceivedMessage } from "./received-message.ts";
import { type JoinInfo, messageEventTypes } from "./session-event.ts";
import { limitsOf, type SessionOptions } from "./session-options.ts";
import { Timers } from "./timers.ts";
import { Socket, type WebSocketConstructor } from "./web-socket.ts";

/** Sees every message, those that were delivered before too. */
export type DeliveryListener = (received: ReceivedMessage, repeated: boolean) => void;

interface Sending {
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
}

/** The thin shell around the core: socket, timers, promises. The typed steps of the two roles stand on it. */
export class Session {
  readonly channelId: string;
  readonly events = new EventHub();
  readonly #urls: readonly string[];
  readonly #role: Role;
  readonly #wallet: string;
  readonly #options: SessionOptions;
  readonly #webSocket: WebSocketConstructor;
  readonly #sending = new Map<string, Sending>();
  readonly #deliveryListeners = new Set<DeliveryListener>();
  readonly #timers = new Timers((timer) => this.#advance({ type: "timer", timer }));
  /** The first one is being worked on. */
  readonly #inputs: SessionInput[] = [];
  #state: SessionState;
  #socket: Socket | null = null;
  #join: JoinInfo | null = null;

  /** Throws URL_INVALID, WEBSOCKET_MISSING. The connection is made in the background; messages may be sent at once. */
  constructor(role: Role, url: string | readonly string[], options: SessionOptions) {
    this.#urls = typeof url === "string" ? [url] : url;
    this.channelId = channelIdOf(this.#urls[0] ?? "");
    for (const other of this.#urls) channelIdOf(other);
    const webSocket = options.webSocket ?? globalThis.WebSocket;
    if (webSocket === undefined) throw sessionError("WEBSOCKET_MISSING");
    this.#webSocket = webSocket;
    this.#role = role;
    this.#options = options;
    this.#wallet = options.wallet ?? randomId();
    this.#state = initialSession(limitsOf(role, this.#urls.length, options), options.since ?? null);
    this.#closeOnAbort(options.signal);
    this.#advance({ type: options.signal?.aborted === true ? "stop" : "start" });
  }

  get phase(): SessionPhase {
    return this.#state.phase;
  }

  /** For `since` of a later session; null when nothing was received yet. */
  get lastSequence(): number | null {
    return this.#state.lastSequence;
  }

  /** Whether a merchant was connected when the server last said so; null when it never did. */
  get merchantPresent(): boolean | null {
    return this.#state.merchantPresent;
  }

  /** Resolves on the first join, at once when that is past. Rejects when the session ends, or with SERVER_UNREACHABLE. */
  async joined(options: StepOptions = {}): Promise<JoinInfo> {
    if (this.#join !== null && this.phase !== "ended") return this.#join;
    const subscribe: Subscribe<JoinInfo> = (resolve) => this.events.on("joined", ({ join }) => resolve(join));
    const timeoutMs = timeoutOf(options, deadlines.joinedMs);
    return this.waitFor(
      withDeadline(subscribe, timeoutMs, () => this.unreachable()),
      options.signal,
    );
  }

  /** What a step is rejected with whose time is over while there is no connection. `also`: what its caller has to know. */
  unreachable(also?: string): SessionError {
    const loss = this.#state.lastLoss ?? "it has not answered yet";
    return sessionError("SERVER_UNREACHABLE", also === undefined ? loss : `${loss}; ${also}`);
  }

  /**
   * Resolves once the server has stored the message, however many connections that takes. An abort or a deadline (by
   * default there is none) stops the repetitions; what was written already may still arrive.
   */
  async send(message: OutgoingMessage, options: StepOptions = {}): Promise<Receipt> {
    return firstOf(
      withDeadline(this.sending(message), timeoutOf(options, null), () => this.notStored()),
      options.signal,
    );
  }

  /**
   * The receipt as a source of news: told as it comes, before the frame after it is read, which a promise would not be. Throws
   * MESSAGE_INVALID, MESSAGE_ID_PENDING.
   */
  sending(message: OutgoingMessage): Subscribe<Receipt> {
    const { dialect = "p4", appId = "p4/client" } = this.#options;
    const entry = outgoingEntry(message, { channelId: this.channelId, nowMs: Date.now(), dialect, appId });
    const { messageId } = entry;
    if (this.#sending.has(messageId)) throw sessionError("MESSAGE_ID_PENDING", messageId);
    return (resolve, reject) => {
      this.#sending.set(messageId, { resolve, reject });
      this.#advance({ type: "send", entry });
      return () => {
        if (this.#sending.delete(messageId)) this.#advance({ type: "cancel", messageId });
      };
    };
  }

  /** What a step is rejected with whose time is over before the server has stored its message. */
  notStored(): SessionError {
    return this.phase === "joined" ? sessionError("NOT_STORED") : this.unreachable();
  }

  #closeOnAbort(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = (): void => this.close();
    signal.addEventListener("abort", onAbort);
    // The signal may be the whole program's: it must not keep every session that there ever was.
    this.events.on("ended", () => signal.removeEventListener("abort", onAbort));
  }

  onDelivery(listener: DeliveryListener): () => void {
    this.#deliveryListeners.add(listener);
    return () => this.#deliveryListeners.delete(listener);
  }

  /** As `firstOf`, and rejected when the session ends first. */
  waitFor<Value>(subscribe: Subscribe<Value>, signal?: AbortSignal): Promise<Value> {
    return firstOf<Value>((resolve, reject) => {
      if (this.#state.end !== null) reject(this.#state.end);
      const stopWaiting = this.events.on("ended", ({ error }) => reject(error));
      const unsubscribe = subscribe(resolve, reject);
      return () => {
        stopWaiting();
        unsubscribe();
      };
    }, signal);
  }

  /** Leaves the channel, which stays open for others. Steps that still wait are rejected with SESSION_CLOSED. */
  close(): void {
    this.#advance({ type: "stop" });
  }

  /** An effect may lead to the next input (a listener that sends): that waits until this input's effects are done. */
  #advance(input: SessionInput): void {
    this.#inputs.push(input);
    if (this.#inputs.length > 1) return;
    for (let next = this.#inputs[0]; next !== undefined; next = this.#inputs[0]) {
      try {
        const { state, effects } = step(this.#state, next, Math.random());
        this.#state = state;
        for (const effect of effects) this.#perform(effect);
      } finally {
        this.#inputs.shift();
      }
    }
  }

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case "connect":
        return this.#connect(effect);
      case "disconnect":
        this.#socket?.close(effect.code, effect.reason);
        this.#socket = null;
        return;
      case "write":
        return this.#socket?.send(effect.text);
      case "setTimer":
        return this.#timers.set(effect.timer, effect.delayMs);
      case "clearTimer":
        return this.#timers.clear(effect.timer);
      case "confirm":
        return this.#settle(effect.receipt.messageId)?.resolve(effect.receipt);
      case "reject":
        return this.#settle(effect.messageId)?.reject(effect.error);
      case "deliver":
        return this.#deliver(effect.received, effect.repeated);
      case "emit":
        if (effect.event.type === "joined") this.#join = effect.event.join;
        return this.events.emit(effect.event);
    }
  }

  #connect({ urlIndex, elsewhere, since }: Extract<SessionEffect, { type: "connect" }>): void {
    const { dialect = "p4", token = null } = this.#options;
    const address = addressAt(this.#urls[urlIndex] ?? "", elsewhere);
    const url = joinUrl(address, { role: this.#role, dialect, token, wallet: this.#wallet, since });
    this.#socket = new Socket(this.#webSocket, url, {
      message: (text) => this.#advance({ type: "frame", text }),
      lost: (code, reason) => {
        this.#socket = null;
        this.#advance({ type: "lost", code, reason });
      },
      blocked: (reason) => this.#advance({ type: "blocked", reason }),
    });
  }

  #settle(messageId: string): Sending | undefined {
    const sending = this.#sending.get(messageId);
    this.#sending.delete(messageId);
    return sending;
  }

  #deliver(received: ReceivedMessage, repeated: boolean): void {
    for (const listener of [...this.#deliveryListeners]) listener(received, repeated);
    const type = messageEventTypes.get(received.key);
    if (type !== undefined && !repeated) this.events.emit({ type, received });
  }
}
