import type { Role } from "@p4/protocol";
import type { FrameReceived, MessageDelivered, WalletRecord } from "../wallets/wallet-record.ts";

/** One socket's life, as its wallet saw it. */
export interface ConnectionRecord {
  readonly name: string;
  readonly frames: FrameReceived[];
  /** Null: never. */
  joinedAtMs: number | null;
  /** Null: still open when the record ended. */
  lostAtMs: number | null;
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
  const owners = new Map<string, { session: SessionRecord; connection: ConnectionRecord }>();
  for (const record of records) {
    switch (record.kind) {
      case "session": {
        const { session: name, channelId, role, atMs: openedAtMs } = record;
        const empty = { connections: [], delivered: [], joinSequence: null, endedAtMs: null };
        sessions.set(name, { name, channelId, role, openedAtMs, ...empty });
        break;
      }
      case "ended": {
        const session = sessions.get(record.session);
        if (session !== undefined) session.endedAtMs = record.atMs;
        break;
      }
      case "connection": {
        const session = sessions.get(record.session);
        if (session === undefined) break;
        const connection = { name: record.connection, frames: [], joinedAtMs: null, lostAtMs: null };
        session.connections.push(connection);
        owners.set(record.connection, { session, connection });
        break;
      }
      case "lost": {
        const owner = owners.get(record.connection);
        if (owner !== undefined) owner.connection.lostAtMs ??= record.atMs;
        break;
      }
      case "frame": {
        const owner = owners.get(record.connection);
        if (owner === undefined) break;
        owner.connection.frames.push(record);
        if (record.key !== "join.success") break;
        owner.connection.joinedAtMs = record.atMs;
        owner.session.joinSequence ??= record.sequence;
        break;
      }
      case "delivered":
        sessions.get(record.session)?.delivered.push(record);
        break;
      default:
        break;
    }
  }
  return [...sessions.values()];
}
