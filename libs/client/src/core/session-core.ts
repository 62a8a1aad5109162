import type { Role } from "@p4/protocol";
import type { BackoffPolicy } from "../backoff.ts";
import type { SessionError } from "../errors.ts";
import type { ReceivedMessage } from "../received-message.ts";
import type { SessionEvent } from "../session-event.ts";
import type { NewEntry, Outbox } from "./outbox.ts";

export interface SessionLimits {
  readonly role: Role;
  readonly urlCount: number;
  /** Messages that may wait for the server at one time. */
  readonly maxQueuedMessages: number;
  readonly maxFrameBytes: number;
  /** From the start of the connection to `join.success`. */
  readonly joinTimeoutMs: number;
  /** From a written message to its receipt: a socket that has gone silent is replaced. */
  readonly receiptTimeoutMs: number;
  readonly backoff: BackoffPolicy;
}

/** `waiting` is the pause before the next attempt to connect. */
export type SessionPhase = "new" | "connecting" | "joined" | "waiting" | "ended";

export interface SessionState {
  readonly limits: SessionLimits;
  readonly phase: SessionPhase;
  /** Which of the addresses is in use. */
  readonly urlIndex: number;
  /** An address that the server has told, for the next attempt alone; null: one of the session's own. */
  readonly elsewhere: string | null;
  /** Such addresses in a row, without a join. */
  readonly redirects: number;
  /** Lost connections in a row, for the backoff. */
  readonly failures: number;
  /** Addresses in a row to which no socket may be made. */
  readonly blocked: number;
  readonly hasJoined: boolean;
  /** Of the last message received, up to which nothing is missing; null: join without `since`. */
  readonly lastSequence: number | null;
  /** False: this is the merchant, and another one has the seat. What waits for the merchant comes once he has it. */
  readonly hasSeat: boolean;
  /** Messages after `lastSequence` that were heard without the seat: what was stored before them may still come. */
  readonly heardWithoutSeat: readonly number[];
  /** Whether the server of this connection keeps a log, and so confirms what it stored. */
  readonly receipts: boolean;
  /** The largest frame that the server takes, in bytes; null when it has not said. */
  readonly maxMessageBytes: number | null;
  /** Whether a merchant was connected when the server last said so; null when it never did. */
  readonly merchantPresent: boolean | null;
  /** Why the last connection was lost; null when none was since the last join. */
  readonly lastLoss: string | null;
  readonly outbox: Outbox;
  /** Why no more messages can be sent. */
  readonly end: SessionError | null;
}

export type TimerName = "reconnect" | "join" | "receipt" | "stable" | `resend:${string}`;

export type SessionInput =
  | { readonly type: "start" }
  | { readonly type: "frame"; readonly text: string }
  | { readonly type: "lost"; readonly code: number; readonly reason: string }
  | { readonly type: "blocked"; readonly reason: string }
  | { readonly type: "send"; readonly entry: NewEntry }
  | { readonly type: "cancel"; readonly messageId: string }
  | { readonly type: "timer"; readonly timer: TimerName }
  | { readonly type: "stop" };

/** What the server said of a message that it took. */
export interface Receipt {
  readonly messageId: string;
  /** Where it is in the log; null when the server keeps none. */
  readonly sequence: number | null;
  /** `duplicate`: the log had it already. `written`: a server without a log, nothing more is known. */
  readonly outcome: "stored" | "duplicate" | "written";
}

export type SessionEffect =
  | {
      readonly type: "connect";
      readonly urlIndex: number;
      /** As `wss://host`: instead of that of the session's own address. */
      readonly elsewhere: string | null;
      readonly since: number | null;
    }
  | { readonly type: "disconnect"; readonly code: number; readonly reason: string }
  | { readonly type: "write"; readonly text: string }
  | { readonly type: "setTimer"; readonly timer: TimerName; readonly delayMs: number }
  | { readonly type: "clearTimer"; readonly timer: TimerName }
  | { readonly type: "confirm"; readonly receipt: Receipt }
  | { readonly type: "reject"; readonly messageId: string; readonly error: SessionError }
  /** A message for the wallet. `repeated`: it was delivered before; only a waiting question may want it. */
  | { readonly type: "deliver"; readonly received: ReceivedMessage; readonly repeated: boolean }
  | { readonly type: "emit"; readonly event: SessionEvent };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

export function initialSession(limits: SessionLimits, since: number | null = null): SessionState {
  return {
    limits,
    phase: "new",
    urlIndex: 0,
    elsewhere: null,
    redirects: 0,
    failures: 0,
    blocked: 0,
    hasJoined: false,
    lastSequence: since,
    hasSeat: true,
    heardWithoutSeat: [],
    receipts: false,
    maxMessageBytes: null,
    merchantPresent: null,
    lastLoss: null,
    outbox: [],
    end: null,
  };
}
