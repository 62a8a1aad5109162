import { headerValue } from "@p4/protocol";
import type { SessionPhase } from "./core/session-core.ts";
import { type StepOptions, timeoutOf, withDeadline } from "./deadline.ts";
import { type SessionError, sessionError } from "./errors.ts";
import { firstOf, type Subscribe } from "./event-wait.ts";
import type { ReceivedMessage } from "./received-message.ts";
import type { Session } from "./session.ts";
import type { EventOf, JoinInfo, SessionEvent, SessionEventType } from "./session-event.ts";

export interface ProofFilter extends StepOptions {
  /** Only a proof of this transaction. */
  readonly txid?: string;
  /** Only a proof that passes this check. */
  readonly accept?: (proof: ReceivedMessage) => boolean | Promise<boolean>;
}

/** Several proofs of one payment are legitimate: a chain may reorganise. */
const maxProofs = 32;

/** What both wallets can do with a channel. */
export class WalletSession {
  protected readonly session: Session;
  readonly #proofs: ReceivedMessage[] = [];

  constructor(session: Session) {
    this.session = session;
    session.events.on("proof", ({ received }) => {
      this.#proofs.push(received);
      if (this.#proofs.length > maxProofs) this.#proofs.shift();
    });
  }

  get channelId(): string {
    return this.session.channelId;
  }

  get phase(): SessionPhase {
    return this.session.phase;
  }

  /** Sequence of the last message received, for `since` of a later session; null when there was none. */
  get lastSequence(): number | null {
    return this.session.lastSequence;
  }

  /** Whether a merchant was connected when the server last said so, on a join or for a stored message; null: it never did. */
  get merchantPresent(): boolean | null {
    return this.session.merchantPresent;
  }

  /**
   * Resolves on the first join, at once when that is past; 30 s are the default deadline. Throws SERVER_UNREACHABLE, or why
   * the session has ended: the code of a refused join, such as CHANNEL_UNKNOWN or EDGE_TOKEN.
   */
  joined(options: StepOptions = {}): Promise<JoinInfo> {
    return this.session.joined(options);
  }

  /** Returns the function that ends the registration. */
  on<Type extends SessionEventType>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    return this.session.events.on(type, listener);
  }

  /** All events from now on; ends after `ended` or with the signal. */
  events({ signal }: StepOptions = {}): AsyncGenerator<SessionEvent, void, undefined> {
    return this.session.events.iterate(signal);
  }

  /**
   * Resolves with the first fitting proof, one that has arrived already included. Rejects when the channel has ended
   * without one: a check that the end overtakes is waited for. There is no default deadline, since blocks have none;
   * with one it throws PROOF_PENDING.
   */
  async waitForProof({ txid, accept, ...options }: ProofFilter = {}): Promise<ReceivedMessage> {
    const { signal } = options;
    const checks: Promise<ReceivedMessage | null>[] = [];
    let late: SessionError | null = null;
    const check = async (proof: ReceivedMessage): Promise<ReceivedMessage | null> => {
      if (txid !== undefined && provedTxid(proof) !== txid) return null;
      return accept === undefined || (await accept(proof)) ? proof : null;
    };
    try {
      const subscribe: Subscribe<ReceivedMessage> = (resolve, reject) => {
        const consider = (proof: ReceivedMessage): void => {
          const checked = check(proof);
          checks.push(checked);
          checked.then((fitting) => fitting !== null && resolve(fitting), reject);
        };
        this.#proofs.forEach(consider);
        return this.session.events.on("proof", ({ received }) => consider(received));
      };
      const onLate = (): SessionError => (late = sessionError("PROOF_PENDING"));
      return await this.session.waitFor(withDeadline(subscribe, timeoutOf(options, null), onLate), signal);
    } catch (error) {
      if (this.phase !== "ended" || signal?.aborted === true || error === late) throw error;
      // Nothing comes any more, but what came before the end is still true, and its check may be under way.
      return firstOf<ReceivedMessage>((resolve, reject) => {
        firstFitting(checks, error).then(resolve, reject);
        return () => undefined;
      }, signal);
    }
  }

  /** Leaves the channel, which stays open for others. Steps that still wait are rejected with SESSION_CLOSED. */
  close(): void {
    this.session.close();
  }
}

/** @throws the given error when none fits. */
async function firstFitting(
  checks: readonly Promise<ReceivedMessage | null>[],
  none: unknown,
): Promise<ReceivedMessage> {
  for (const checked of checks) {
    const proof = await checked;
    if (proof !== null) return proof;
  }
  throw none;
}

/** The server names the transaction twice; the Go library reads the header. */
function provedTxid({ message }: ReceivedMessage): string {
  return (headerValue(message.headers, "x-tx-id") ?? message.correlationId).toLowerCase();
}
