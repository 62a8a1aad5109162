import { walletCommand, type ChannelCommand, type RecordedMessage } from "@p4/channel";
import { ackOutcome, decodeFrame, messageSpec, parseBody, wireErrors, describeWireError } from "@p4/protocol";
import type { Dialect, FrameOrigin, Message, WireError } from "@p4/protocol";
import { paymentTransactionId, type SpvCrypto } from "@p4/spv";
import { participantOf, type Connection } from "./connection.ts";
import { edgeErrors, type EdgeErrorCode } from "./errors.ts";
import { rememberDecoded } from "./outgoing-frame.ts";

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
  readonly recorded: RecordedMessage;
  readonly message: Message;
  readonly command: ChannelCommand;
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
  const { message, dialect } = frame;
  const origin = { ...message, dialect };
  if (message.channelId !== "" && message.channelId !== connection.channel.channelId) {
    return refuse("EDGE_OTHER_CHANNEL", `channelID is ${message.channelId}`, origin);
  }
  if (messageSpec(message.key)?.from.every((sender) => sender === "server") ?? true) {
    return refuse("EDGE_SERVER_KEY", `key: ${message.key} is sent by the server alone`, origin);
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
  rememberDecoded(recorded, message);
  const command = commandOf(recorded, message, connection, context);
  return { ok: true, dialect, recorded, message, command };
}

function commandOf(
  recorded: RecordedMessage,
  message: Message,
  connection: Connection,
  context: FrameContext,
): ChannelCommand {
  const ack = message.key === "payment.ack" ? ackOutcome(message.bodyText) : { accepted: false, memo: null };
  const command = walletCommand(recorded, {
    from: participantOf(connection, context.nodeId),
    // The liveness of a contested merchant is asked for by the actor.
    merchantIsAlive: true,
    metadata: {
      commandId: context.newId(),
      nowMs: context.nowMs,
      correlationId: message.correlationId,
      causationId: connection.id,
    },
    facts: {
      txids: message.key === "payment" ? transactionIds(message.bodyText, context.crypto) : [],
      accepted: ack.accepted,
      reason: ack.memo ?? "",
    },
  });
  if (command === null) throw new Error(`the catalogue has ${message.key}, the channel has not`);
  return command;
}

function transactionIds(bodyText: string | null, crypto: SpvCrypto): readonly string[] {
  const txid = bodyText === null ? null : paymentTransactionId(bodyText, crypto);
  return txid === null ? [] : [txid];
}

/** Without a rule of its own, the error's general one. */
export function refuseWire(error: Partial<WireError> & Pick<WireError, "code">, origin: RefusedOrigin): FrameRefusal {
  const { title, rule } = wireErrors[error.code];
  return {
    ok: false,
    errCode: error.code,
    title,
    description: describeWireError({ field: null, rule, ...error }),
    origin,
  };
}

export function refuse(code: EdgeErrorCode, description: string, origin: RefusedOrigin): FrameRefusal {
  return { ok: false, errCode: code, title: edgeErrors[code].title, description, origin };
}
