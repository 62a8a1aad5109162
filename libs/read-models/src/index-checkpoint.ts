import { decodeDocument, encodeDocument, retryOnConflict, type DocumentStore } from "@p4/event-store";

export const checkpointKey = "checkpoint";

/** Raise it when the documents of the index change their shape: each reader then rebuilds them. */
const indexFormat = 3;
const maxConflicts = 32;

interface Checkpoint {
  readonly format: number;
  /** Another machine may fold the same logs to other states. */
  readonly machine: string;
  readonly positions: readonly (readonly [shard: number, position: number])[];
}

/** How far the index has read the log; null: not at all, or by other rules than ours. */
export async function readCheckpoint(
  documents: DocumentStore,
  machine: string,
): Promise<{ readonly positions: ReadonlyMap<number, number>; readonly storedAtMs: number } | null> {
  const stored = await documents.get(checkpointKey);
  const found = decodeDocument<Checkpoint>(stored);
  if (stored === null || found === null || found.format !== indexFormat || found.machine !== machine) return null;
  return { positions: new Map(found.positions), storedAtMs: stored.storedAtMs };
}

/** Never moves a position back: what another process has looked at meanwhile stays looked at. */
export async function writeCheckpoint(
  documents: DocumentStore,
  machine: string,
  positions: ReadonlyMap<number, number>,
): Promise<void> {
  await retryOnConflict(async () => {
    const stored = await documents.get(checkpointKey);
    const found = decodeDocument<Checkpoint>(stored);
    const known = new Map(found?.machine === machine && found.format === indexFormat ? found.positions : []);
    const merged = [...positions].map(
      ([shard, position]) => [shard, Math.max(position, known.get(shard) ?? 0)] as const,
    );
    const checkpoint: Checkpoint = { format: indexFormat, machine, positions: merged };
    await documents.put(checkpointKey, encodeDocument(checkpoint), stored?.revision ?? 0);
  }, maxConflicts);
}
