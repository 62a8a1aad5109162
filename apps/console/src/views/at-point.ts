import { shownConnections, type ConnectionView, type EntryView, type ProofView } from "./views.ts";

/** A proof as it was at a point of the history. */
export interface ProofAt extends ProofView {
  readonly stands: boolean;
}

/** The proofs that had come by the event with this sequence, and whether each stood then. */
export function proofsAt(proofs: readonly ProofView[], sequence: number): readonly ProofAt[] {
  return proofs
    .filter(({ streamVersion }) => streamVersion <= sequence)
    .map((proof) => ({ ...proof, stands: proof.revokedAt === null || proof.revokedAt > sequence }));
}

/** A connection as the log knows it. Whether it was there at a moment, no event tells. */
export type LoggedConnection = Omit<ConnectionView, "is">;

type Spoken = Pick<EntryView, "connectionId" | "nodeId" | "from" | "atMs">;

/** Who has joined or spoken by the end of these entries, the last first; a connection once, with the last role that it had. */
export function connectionsOf(entries: readonly Spoken[]): readonly LoggedConnection[] {
  const known = new Map<string, LoggedConnection>();
  for (const { connectionId, nodeId, from, atMs } of entries) {
    if (connectionId === null) continue;
    const before = known.get(connectionId);
    const role = from === "merchant" || from === "customer" ? from : (before?.role ?? null);
    known.delete(connectionId);
    known.set(connectionId, { connectionId, nodeId: nodeId ?? "", role, lastSeenMs: atMs });
  }
  return [...known.values()].reverse().slice(0, shownConnections);
}

/** The same, each with whether it is there now. */
export function connectionsAt(
  entries: readonly Spoken[],
  now: readonly Pick<ConnectionView, "connectionId" | "is">[],
): readonly ConnectionView[] {
  return connectionsOf(entries).map((each) => {
    const found = now.find(({ connectionId }) => connectionId === each.connectionId);
    return { ...each, is: found?.is ?? "unknown" };
  });
}
