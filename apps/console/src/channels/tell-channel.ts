import {
  isLogError,
  speakerOf,
  standingProofs,
  startOfTimeline,
  tellNext,
  type Timeline,
  type TimelineEntry,
} from "@p4/channel";
import type { StoredEvent } from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";
import type { ConnectionView, ProofView } from "../views/views.ts";

const decoder = new TextDecoder("utf-8", { fatal: false });

export interface ToldChannel extends Timeline {
  /** Why it cannot be told further; null: it is whole. */
  readonly fault: string | null;
}

/** Folds a log and tells it. One that does not hold together is told as far as it does. */
export function tellChannel(events: readonly StoredEvent[]): ToldChannel {
  const entries: TimelineEntry[] = [];
  let position = startOfTimeline();
  for (const { streamVersion, bytes } of events) {
    try {
      const told = tellNext(position, { streamVersion, text: decoder.decode(bytes) }, sha256Hex);
      position = told.position;
      entries.push(told.entry);
    } catch (error) {
      if (!isLogError(error)) throw error;
      return { channel: position.channel, entries, fault: `${error.code}: ${error.message}` };
    }
  }
  return { channel: position.channel, entries, fault: null };
}

export function proofsOf({ channel, entries }: Timeline): readonly ProofView[] {
  const standing = new Set(standingProofs(channel.snapshot.context).map(({ streamVersion }) => streamVersion));
  return entries.flatMap(({ event, streamVersion }) => {
    if (event.type !== "ProofRecorded") return [];
    const { txid, status, blockHash, blockHeight, merkleRoot, source } = event.data.proof;
    const stands = standing.has(streamVersion);
    return [{ streamVersion, txid, status, stands, blockHash, blockHeight, merkleRoot, source }];
  });
}

type KnownConnection = Omit<ConnectionView, "is">;

/** Who has joined or spoken, the last first; a connection once, with the last role that it had. */
export function connectionsOf(entries: readonly TimelineEntry[], limit: number): readonly KnownConnection[] {
  const known = new Map<string, KnownConnection>();
  for (const { event, atMs } of entries) {
    const speaker = speakerOf(event);
    if (speaker === null) continue;
    const { connectionId, nodeId, role } = speaker;
    const before = known.get(connectionId);
    known.delete(connectionId);
    known.set(connectionId, { connectionId, nodeId, role: role ?? before?.role ?? null, lastSeenMs: atMs });
  }
  return [...known.values()].reverse().slice(0, limit);
}
