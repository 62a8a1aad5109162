import type { CommandMetadata, EndChannel, WalletCommand } from "./commands.ts";
import type { Participant } from "./participant.ts";
import type { RecordedMessage } from "./recorded-message.ts";

/** What the shell has read out of a message's body. */
export interface MessageFacts {
  /** `payment`: the ids of its transactions, in its order; empty when none can be read. */
  readonly txids: readonly string[];
  /** `payment.ack`: the merchant's verdict. */
  readonly accepted: boolean;
  /** `payment.ack` with a refusal: its memo. */
  readonly reason: string;
}

export interface WalletMessageContext {
  readonly from: Participant;
  readonly metadata: CommandMetadata;
  readonly merchantIsAlive: boolean;
  readonly facts: MessageFacts;
}

/** The command that a message on a socket stands for. Null: a key that no wallet may send. */
export function messageCommand(
  message: RecordedMessage,
  context: WalletMessageContext,
): WalletCommand | EndChannel | null {
  if (message.key !== "channel.close") return walletCommand(message, context);
  const { from, metadata, merchantIsAlive } = context;
  return { type: "EndChannel", from, message, metadata, merchantIsAlive };
}

/** The command of a message that becomes a part of the log. Null: a key that no wallet may send. */
export function walletCommand(message: RecordedMessage, context: WalletMessageContext): WalletCommand | null {
  const { from, metadata, merchantIsAlive, facts } = context;
  const common = { from, message, metadata, merchantIsAlive };
  switch (message.key) {
    case "paymentrequest.create":
      return { type: "RequestTerms", ...common };
    case "paymentrequest.response":
      return { type: "OfferTerms", ...common };
    case "paymentrequest.error":
      return { type: "RefuseTerms", ...common };
    case "payment":
      return { type: "SubmitPayment", ...common, txids: facts.txids };
    case "payment.ack":
      return facts.accepted
        ? { type: "AcceptPayment", ...common }
        : { type: "RefusePayment", ...common, reason: facts.reason };
    case "payment.error":
      return { type: "FailPayment", ...common };
    default:
      return null;
  }
}
