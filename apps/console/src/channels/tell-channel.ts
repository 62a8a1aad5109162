import { isLogError, startOfTimeline, tellNext, undoes, type Timeline, type TimelineEntry } from "@p4/channel";
import type { StoredEvent } from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";
import type { ProofView } from "../views/views.ts";

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

export function proofsOf({ entries }: Pick<Timeline, "entries">): readonly ProofView[] {
  return entries.flatMap(({ event, streamVersion }) => {
    if (event.type !== "ProofRecorded") return [];
    const { proof } = event.data;
    const revoked = entries.find(
      (later) =>
        later.streamVersion > streamVersion &&
        later.event.type === "ProofRevoked" &&
        undoes(later.event.data.revocation, proof),
    );
    const { txid, status, blockHash, blockHeight, merkleRoot, source } = proof;
    const revokedAt = revoked?.streamVersion ?? null;
    return [{ streamVersion, txid, status, revokedAt, blockHash, blockHeight, merkleRoot, source }];
  });
}
