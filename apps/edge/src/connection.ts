import type { FollowedChannel } from "@p4/channel-host";
import type { Listener, Participant, SequencedEvent } from "@p4/channel";
import type { TokenBucket, WebSocketConnection } from "@p4/http";
import { closeCodes, closeReason, type Role } from "@p4/protocol";
import type { TraceContext } from "@p4/telemetry";
import type { ChannelHistory } from "./channel-history.ts";
import type { Grant, Grants } from "./grants.ts";
import type { PeerSpeech } from "./peer-speech.ts";
import type { OutgoingFrame } from "./outgoing-frame.ts";

/** One wallet's socket. Made before the upgrade, so that nothing that is stored meanwhile is missed. */
export interface Connection {
  readonly id: string;
  readonly followed: FollowedChannel;
  /** Null until claimed or inferred. */
  role: Role | null;
  /** What join.success says: the merchant's seat may be taken although a token names the role. */
  grantedRole: Role | null;
  explicit: boolean;
  /** What its token grants, for as long as it stands. */
  readonly grant: Grant | null;
  /** They tell whether that still stands. */
  readonly grants: Pick<Grants, "endOf">;
  readonly speech: PeerSpeech;
  /** What its wallet has shown of itself, the same on each of its connections. */
  readonly subject?: string;
  /** Payments that it has sent again: their answer is its own. */
  repeated: ReadonlySet<number>;
  readonly wantsReceipts: boolean;
  /** That the join came with; null without, and while traces are off. */
  readonly trace: TraceContext | null;
  /** The merchant's connection on another node that was found to be gone when this one joined. */
  readonly lostMerchant: string | null;
  /** Null: not open yet. */
  socket: WebSocketConnection<Connection> | null;
  /** Events that it has not been sent yet: stored between the join and the end of its greeting. */
  missed: SequencedEvent[];
  /** Resolves when a long history is written; null: it hears the channel live. */
  greeting: Promise<void> | null;
  /** What the peer asked to hear again: everything after a sequence. Null: what is pending for its role. */
  readonly history: ChannelHistory | null;
  /** Messages of this peer that wait to be stored. */
  inFlight: number;
  inFlightBytes: number;
  /** What it may still add, in bytes; null until it has added something. */
  added: TokenBucket | null;
  /** What it may still be refused; null until the first refusal. */
  refusals: TokenBucket | null;
}

export function participantOf(connection: Connection, nodeId: string): Participant {
  const { id: connectionId, role, explicit, subject } = connection;
  return { connectionId, nodeId, role, explicit, ...(subject === undefined ? {} : { subject }) };
}

/** False: what its token has granted is over, and its socket is closed now if it was open. Not within a cork. */
export function mayGoOn(connection: Connection): boolean {
  const why = connection.grants.endOf(connection.grant);
  if (why !== null) endGrant(connection, why);
  return why === null;
}

/** Unless its grant is over, or its dialect has no words for the message. */
export function sendTo(connection: Connection, frame: OutgoingFrame): void {
  if (!mayGoOn(connection)) return;
  const text = frame.encode(connection.speech);
  if (text !== null) connection.socket?.send(text);
}

export function endGrant({ socket }: Connection, why: string): void {
  socket?.close(closeCodes.tokenNeeded.code, closeReason("EDGE_TOKEN", why));
}

/** The connection as the channel's core sees those who listen. */
export function listenerOf({ id: connectionId, role, subject, repeated }: Connection): Listener {
  return { connectionId, role, repeated, ...(subject === undefined ? {} : { subject }) };
}
