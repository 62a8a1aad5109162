import type { Role } from "@p4/protocol";
import type {
  ConnectionLost,
  ConnectionOpened,
  FrameReceived,
  FrameSent,
  MessageDelivered,
  SessionEnded,
  SessionOpened,
  WalletRecord,
} from "../wallets/wallet-record.ts";

/** One socket's life, as its wallet saw it. */
export interface ConnectionRecord {
  readonly name: string;
  /** `host:port` of the edge. */
  readonly host: string;
  readonly frames: FrameReceived[];
  /** Null: never. */
  joinedAtMs: number | null;
  /** Null: still open when the record ended. */
  lostAtMs: number | null;
  /** Close code; null as for `lostAtMs`. */
  lostCode: number | null;
}

export interface SessionRecord {
  readonly name: string;
  readonly channelId: string;
  readonly role: Role;
  readonly openedAtMs: number;
  readonly connections: ConnectionRecord[];
  readonly delivered: MessageDelivered[];
  /** The log's end when the session first joined; null: it never did. */
  joinSequence: number | null;
  endedAtMs: number | null;
}

/** The wallets' records, put together by session. */
export function sessionsOf(records: readonly WalletRecord[]): SessionRecord[] {
  const sessions = new Map<string, SessionRecord>();
  const owners = new Map<string, Owner>();
  for (const record of records) {
    if (record.kind === "session") sessions.set(record.session, emptySession(record));
    else if (record.kind === "connection") addConnection(record, sessions.get(record.session), owners);
    else if ("connection" in record) addToConnection(record, owners.get(record.connection));
    else if (record.kind === "delivered" || record.kind === "ended") addToSession(record, sessions.get(record.session));
  }
  return [...sessions.values()];
}

interface Owner {
  readonly session: SessionRecord;
  readonly connection: ConnectionRecord;
}

function emptySession({ session: name, channelId, role, atMs: openedAtMs }: SessionOpened): SessionRecord {
  return { name, channelId, role, openedAtMs, connections: [], delivered: [], joinSequence: null, endedAtMs: null };
}

function addConnection(
  { connection: name, url: host }: ConnectionOpened,
  session: SessionRecord | undefined,
  owners: Map<string, Owner>,
): void {
  if (session === undefined) return;
  const connection = { name, host, frames: [], joinedAtMs: null, lostAtMs: null, lostCode: null };
  session.connections.push(connection);
  owners.set(name, { session, connection });
}

function addToConnection(record: FrameReceived | FrameSent | ConnectionLost, owner: Owner | undefined): void {
  if (owner === undefined) return;
  const { session, connection } = owner;
  if (record.kind === "lost") {
    connection.lostAtMs ??= record.atMs;
    connection.lostCode ??= record.code;
  }
  if (record.kind !== "frame") return;
  connection.frames.push(record);
  if (record.key !== "join.success") return;
  connection.joinedAtMs = record.atMs;
  session.joinSequence ??= record.sequence;
}

function addToSession(record: MessageDelivered | SessionEnded, session: SessionRecord | undefined): void {
  if (record.kind === "delivered") session?.delivered.push(record);
  else if (session !== undefined) session.endedAtMs = record.atMs;
}
