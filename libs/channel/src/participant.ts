import type { Role } from "@p4/protocol";

/** A connection as the log remembers it: who spoke, and through which edge node. */
export interface Participant {
  readonly connectionId: string;
  readonly nodeId: string;
  /** Null until the connection has said what it is. */
  readonly role: Role | null;
  /** True when the role was claimed on joining (`?internal=true`, a token), false when it was inferred. */
  readonly explicit: boolean;
}
