import {
  closeCodes,
  decodeFrame,
  encodeErrorMessage,
  encodeMessage,
  errorReport,
  messageSpec,
  serverMessage,
} from "@p4/protocol";
import type { Dialect, Message, MessageHeaders, Role } from "@p4/protocol";

/** The wallet's end of a connection, as the double sees it. */
export interface DoublePeer {
  send(text: string): void;
  close(code: number, reason: string): void;
}

export interface DoubleConnection {
  readonly peer: DoublePeer;
  readonly role: Role;
  readonly dialect: Dialect;
  readonly receipts: boolean;
}

export interface LoggedMessage {
  readonly sequence: number;
  readonly message: Message;
  /** Null: the server's own. */
  readonly from: DoubleConnection | null;
}

/** What goes wrong next, in this order. */
export interface Faults {
  /** Each join is closed at once with this; null: joins are taken. */
  refusedJoin: { readonly code: number; readonly reason: string } | null;
  /** Answer the next messages with these error codes. */
  readonly refusals: string[];
  /** Store the next message, then lose the connection instead of sending its receipt. */
  lostReceipts: number;
}

/** One channel: a log, its connections, and the server's rules for duplicates, receipts and replay. */
export class DoubleChannel {
  readonly log: LoggedMessage[] = [];
  readonly connections = new Set<DoubleConnection>();
  readonly #channelId: string;
  readonly #faults: Faults;
  #ids = 0;

  readonly #maxMessageBytes: number;

  constructor(channelId: string, faults: Faults, maxMessageBytes: number) {
    this.#channelId = channelId;
    this.#faults = faults;
    this.#maxMessageBytes = maxMessageBytes;
  }

  join(connection: DoubleConnection, since: number | null): void {
    const hasSeat = connection.role === "customer" || !this.#hasMerchant;
    this.connections.add(connection);
    const headers = {
      "x-p4-sequence": String(this.log.length),
      "x-p4-state": "open",
      "x-p4-role": hasSeat ? connection.role : "none",
      "x-p4-merchant": this.#merchant,
      "x-p4-max-message-bytes": String(this.#maxMessageBytes),
    };
    this.#tell(connection, this.#server("join.success", headers));
    for (const logged of this.log) {
      if (logged.sequence > (since ?? 0)) this.#relay(logged, connection);
    }
  }

  receive(connection: DoubleConnection, text: string): void {
    if (new TextEncoder().encode(text).length > this.#maxMessageBytes) {
      return this.drop(connection, closeCodes.messageTooLarge.code, "message too large");
    }
    const frame = decodeFrame(text, { maxBytes: this.#maxMessageBytes });
    if (!frame.ok) return this.#refuse(connection, frame.error.code, frame.origin);
    const { message } = frame;
    const refusal = this.#faults.refusals.shift();
    if (refusal !== undefined) return this.#refuse(connection, refusal, message);
    if (messageSpec(message.key)?.from.includes(connection.role) !== true) {
      return this.#refuse(connection, "ROLE_FORBIDDEN", message);
    }
    const earlier = this.log.find(
      (logged) => logged.from?.role === connection.role && logged.message.messageId === message.messageId,
    );
    const logged = earlier ?? this.#store(message, connection);
    if (this.#faults.lostReceipts > 0) {
      this.#faults.lostReceipts -= 1;
      this.drop(connection, 1006, "");
      return;
    }
    this.#confirm(connection, logged, earlier === undefined ? "stored" : "duplicate");
  }

  /** A message of the server's own, to everyone. */
  publish(key: string, correlationId: string, bodyText: string | null, headers: Record<string, string>): void {
    this.#store({ ...this.#server(key, headers), correlationId, bodyText }, null);
  }

  drop(connection: DoubleConnection, code: number, reason: string): void {
    if (this.connections.delete(connection)) connection.peer.close(code, reason);
  }

  get #hasMerchant(): boolean {
    return [...this.connections].some(({ role }) => role === "merchant");
  }

  get #merchant(): string {
    return this.#hasMerchant ? "present" : "absent";
  }

  #store(message: Message, from: DoubleConnection | null): LoggedMessage {
    const logged = { sequence: this.log.length + 1, message, from };
    this.log.push(logged);
    for (const connection of this.connections) this.#relay(logged, connection);
    return logged;
  }

  /** A customer's message is the merchant's alone, everything else is everyone's; the sender gets no echo. */
  #relay({ message, sequence, from }: LoggedMessage, to: DoubleConnection): void {
    if (from === to || (from?.role === "customer" && to.role === "customer")) return;
    const others = message.headers.filter(([name]) => name !== "x-p4-sequence");
    this.#tell(to, { ...message, headers: [...others, ["x-p4-sequence", [String(sequence)]]] });
  }

  #confirm(connection: DoubleConnection, { sequence, message }: LoggedMessage, outcome: string): void {
    if (!connection.receipts) return;
    const headers = {
      "x-p4-sequence": String(sequence),
      "x-p4-outcome": outcome,
      "x-p4-merchant": this.#merchant,
    };
    this.#tell(connection, { ...this.#server("receipt", headers), correlationId: message.messageId });
  }

  #refuse(
    connection: DoubleConnection,
    errCode: string,
    origin: Pick<Message, "key" | "messageId" | "correlationId" | "bodyText">,
  ): void {
    const texts = { title: "refused", description: "by the test double", errCode, origin };
    const where = { channelId: this.#channelId, messageId: this.#newId(), timestampMs: 0 };
    connection.peer.send(encodeErrorMessage(errorReport({ ...texts, ...where }), connection.dialect));
  }

  #server(key: string, headers: Record<string, string>): Message {
    const list: MessageHeaders = Object.entries(headers).map(([name, value]) => [name, [value]]);
    const channelId = this.#channelId;
    return serverMessage({ key, channelId, messageId: this.#newId(), timestampMs: 0, headers: list });
  }

  #tell({ peer, dialect }: DoubleConnection, message: Message): void {
    peer.send(encodeMessage(message, dialect));
  }

  #newId(): string {
    this.#ids += 1;
    return `server-${this.#ids}`;
  }
}
