import { walletCommand, type RecordedMessage, type WalletCommand } from "@p4/channel";
import { encodeMessage, serverMessage, type MessageKey } from "@p4/protocol";
import type { EdgeContext } from "../edge-context.ts";
import { subjectOf } from "../wallet-subject.ts";

export interface BridgeMessageInput {
  readonly key: Extract<MessageKey, "paymentrequest.create" | "payment">;
  readonly channelId: string;
  readonly messageId: string;
  readonly bodyText: string | null;
  readonly txids: readonly string[];
  /** The secret that the sender has shown of its wallet. */
  readonly wallet: string | null;
}

/** Over HTTP the message's id (the Idempotency-Key, where there is one) is all that tells one sender from another. */
export function bridgeConnectionId(messageId: string): string {
  return `http.${messageId}`;
}

/**
 * The frame that a wallet would have sent over a socket, recorded like one. The bridge is a customer without a socket;
 * deployed merchants copy the correlation id of what they answer, so the message carries its own.
 */
export function bridgeCommand(input: BridgeMessageInput, context: EdgeContext): WalletCommand {
  const { key, channelId, messageId, bodyText, txids, wallet } = input;
  const connectionId = bridgeConnectionId(messageId);
  const nowMs = context.nowMs();
  const correlationId = messageId;
  const message = serverMessage({
    key,
    channelId,
    messageId,
    correlationId,
    bodyText,
    timestampMs: nowMs,
    appId: "p4-http",
  });
  const recorded: RecordedMessage = { key, dialect: "p4", raw: encodeMessage(message, "p4"), messageId, correlationId };
  const command = walletCommand(recorded, {
    from: {
      connectionId,
      nodeId: context.nodeId,
      role: "customer",
      explicit: true,
      ...(wallet === null ? {} : { subject: subjectOf(wallet) }),
    },
    merchantIsAlive: true,
    metadata: { commandId: context.newId(), nowMs, correlationId, causationId: connectionId },
    facts: { txids, accepted: false, reason: "" },
  });
  if (command === null) throw new Error(`no wallet sends ${key}`);
  return command;
}
