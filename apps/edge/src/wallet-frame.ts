import { messageCommand, type ChannelCommand, type MessageFacts, type RecordedMessage } from "@p4/channel";
import { ackOutcomeOf, decodeFrame, messageSpec, parseBody, wireErrors, wireErrorTexts } from "@p4/protocol";
import type { BodyWarning, Dialect, FrameOrigin, Message, WireError } from "@p4/protocol";
import type { SpvCrypto } from "@p4/spv";
import { participantOf, type Connection } from "./connection.ts";
import { edgeErrors, type EdgeErrorCode } from "./errors.ts";
import { readPayment, type ReadPayment } from "./read-payment.ts";

/** A refusal, for the sender alone. */
export interface FrameRefusal {
  readonly ok: false;
  readonly errCode: string;
  readonly title: string;
  readonly description: string;
  readonly origin: RefusedOrigin;
}

/** The refused message, or what could be read of it. */
export type RefusedOrigin = Pick<FrameOrigin, "key" | "messageId" | "correlationId" | "bodyText"> & {
  readonly dialect?: Dialect | null;
};

export interface ReadFrame {
  readonly ok: true;
  readonly dialect: Dialect;
  /** What the sender calls the message. */
  readonly name: string;
  /** The message for an error to its sender, under the sender's own name. */
  readonly origin: RefusedOrigin;
  readonly recorded: RecordedMessage;
  readonly message: Message;
  readonly command: ChannelCommand;
  /** What was not recognised in the body; `null` when nothing is to be said. */
  readonly warning: BodyWarning | null;
}

export interface FrameContext {
  readonly nodeId: string;
  readonly nowMs: number;
  readonly newId: () => string;
  readonly maxBytes: number;
  readonly crypto: SpvCrypto;
}

/** From a socket's text to a command for the channel: everything that can be refused without the channel's state. */
export function readWalletFrame(text: string, connection: Connection, context: FrameContext): ReadFrame | FrameRefusal {
  const frame = decodeFrame(text, { maxBytes: context.maxBytes });
  if (!frame.ok) return refuseWire(frame.error, frame.origin);
  const { message, dialect, name } = frame;
  const origin: RefusedOrigin = { ...message, key: name, dialect };
  if (message.channelId !== "" && message.channelId !== connection.followed.channelId) {
    return refuse("EDGE_OTHER_CHANNEL", `channelID is ${message.channelId}`, origin);
  }
  if (messageSpec(message.key)?.from.every((sender) => sender === "server") ?? true) {
    return refuse("EDGE_SERVER_KEY", `key: ${name} is sent by the server alone`, origin);
  }
  const body = parseBody(message.key, message.bodyText);
  if (!body.ok) return refuseWire(body.error, origin);
  const recorded: RecordedMessage = {
    key: message.key,
    dialect,
    raw: text,
    messageId: message.messageId || context.newId(),
    correlationId: message.correlationId,
  };
  const payment = message.key === "payment" ? readPayment(body.json, body.warning, context.crypto) : null;
  const command = commandOf(recorded, message, factsOf(message.key, body.json, payment), connection, context);
  const { warning } = payment ?? body;
  return { ok: true, dialect, name, origin, recorded, message, command, warning };
}

function commandOf(
  recorded: RecordedMessage,
  message: Message,
  facts: MessageFacts,
  connection: Connection,
  context: FrameContext,
): ChannelCommand {
  const command = messageCommand(recorded, {
    from: participantOf(connection, context.nodeId),
    // The liveness of a contested merchant is asked for by the actor.
    merchantIsAlive: true,
    metadata: {
      commandId: context.newId(),
      nowMs: context.nowMs,
      correlationId: message.correlationId,
      causationId: connection.id,
    },
    facts,
  });
  if (command === null) throw new Error(`the catalogue has ${message.key}, the channel has not`);
  return command;
}

/** What the channel has to know of a body, which only its parse shows. */
function factsOf(key: string, json: unknown, payment: ReadPayment | null): MessageFacts {
  const txids = payment?.txids ?? [];
  if (key !== "payment.ack") return { txids, accepted: false, reason: "" };
  const { accepted, memo } = ackOutcomeOf(json);
  return { txids, accepted, reason: memo ?? "" };
}

/** Without a rule of its own, the error's general one. */
export function refuseWire(error: Partial<WireError> & Pick<WireError, "code">, origin: RefusedOrigin): FrameRefusal {
  const { rule } = wireErrors[error.code];
  return { ok: false, ...wireErrorTexts({ field: null, rule, ...error }), origin };
}

export function refuse(code: EdgeErrorCode, description: string, origin: RefusedOrigin): FrameRefusal {
  return { ok: false, errCode: code, title: edgeErrors[code].title, description, origin };
}
