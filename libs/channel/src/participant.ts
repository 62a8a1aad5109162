import type { Role } from "@p4/protocol";

/** A connection as the log remembers it: who spoke, and through which edge node. */
export interface Participant {
  readonly connectionId: string;
  readonly nodeId: string;
  /** Null until the connection has said what it is. */
  readonly role: Role | null;
  /** True when the role was claimed on joining (`?internal=true`, a token), false when it was inferred. */
  readonly explicit: boolean;
  /**
   * The wallet behind the connection, where it has shown who it is: a hash of its own secret or of its token. The same on
   * each of its connections.
   */
  readonly subject?: string;
}

/** By the same connection, or by what a wallet has shown of itself on several. */
export function isSameWallet(
  left: Pick<Participant, "connectionId" | "subject">,
  right: Pick<Participant, "connectionId" | "subject">,
): boolean {
  if (left.connectionId === right.connectionId) return true;
  return left.subject !== undefined && left.subject === right.subject;
}
