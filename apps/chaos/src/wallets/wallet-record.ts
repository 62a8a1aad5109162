import type { Role } from "@p4/protocol";

interface At {
  /** Milliseconds since 1970, by the clock of the one machine that everything runs on. */
  readonly atMs: number;
}

/** A session of one wallet on one channel, over all its connections. */
export interface SessionOpened extends At {
  readonly kind: "session";
  readonly session: string;
  readonly channelId: string;
  readonly role: Role;
}

export interface SessionEnded extends At {
  readonly kind: "ended";
  readonly session: string;
  /** `expired`, `closed`, `refused`, or `local`: the wallet left. */
  readonly reason: string;
}

/** One socket of a session. */
export interface ConnectionOpened extends At {
  readonly kind: "connection";
  readonly connection: string;
  readonly session: string;
  readonly url: string;
}

export interface ConnectionLost extends At {
  readonly kind: "lost";
  readonly connection: string;
  readonly code: number;
}

/** A frame that was written to a socket. A repetition has the same messageId. */
export interface FrameSent extends At {
  readonly kind: "sent";
  readonly connection: string;
  readonly key: string;
  readonly messageId: string;
}

/** A frame as it came from the socket, before the SDK saw it. */
export interface FrameReceived extends At {
  readonly kind: "frame";
  readonly connection: string;
  readonly key: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly sequence: number | null;
}

/** A message that the SDK gave to the wallet. */
export interface MessageDelivered extends At {
  readonly kind: "delivered";
  readonly session: string;
  readonly key: string;
  readonly messageId: string;
  readonly sequence: number;
}

/** The server did not take a message: `code` is its reason, `retryable` whether the wallet sends it again by itself. */
export interface FrameRefused extends At {
  readonly kind: "refused";
  readonly session: string;
  readonly code: string;
  readonly retryable: boolean;
}

/** What the merchant's wallet decided about a payment. */
export interface VerdictGiven extends At {
  readonly kind: "verdict";
  readonly channelId: string;
  readonly txid: string;
  readonly accepted: boolean;
}

/** What the customer's wallet was told of its payment: `accepted`, `refused`, or the code of a SessionError. */
export interface PaymentOutcome extends At {
  readonly kind: "outcome";
  readonly channelId: string;
  readonly txid: string;
  readonly outcome: string;
}

/** The server took a proof callback (2xx). */
export interface CallbackTaken extends At {
  readonly kind: "callback";
  readonly channelId: string;
  readonly txid: string;
}

/** `stuck`: a step waited longer than its channel lives. */
export interface FlowStep extends At {
  readonly kind: "flow";
  readonly channelId: string;
  readonly step: "started" | "finished" | "stuck";
  readonly detail: string;
}

/** A peer that stopped reading while messages for it were stored, and whether the edge had ended its connection. */
export interface PeerStalled extends At {
  readonly kind: "stalled";
  readonly channelId: string;
  readonly messagesStored: number;
  readonly cutOff: boolean;
}

/** One line of what the wallets saw, in the order in which they saw it. */
export type WalletRecord =
  | SessionOpened
  | SessionEnded
  | ConnectionOpened
  | ConnectionLost
  | FrameSent
  | FrameReceived
  | MessageDelivered
  | FrameRefused
  | VerdictGiven
  | PaymentOutcome
  | CallbackTaken
  | FlowStep
  | PeerStalled;

export type NewRecord = {
  [Kind in WalletRecord["kind"]]: Omit<Extract<WalletRecord, { kind: Kind }>, "atMs">;
}[WalletRecord["kind"]];
