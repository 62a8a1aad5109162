import { headerValue } from "@p4/protocol";
import type { SessionPhase } from "./core/session-core.ts";
import type { ReceivedMessage } from "./received-message.ts";
import type { Session } from "./session.ts";
import type { EventOf, JoinInfo, SessionEvent, SessionEventType } from "./session-event.ts";

export interface StepOptions {
  /** Stops waiting; the step rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

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

  /** Resolves on the first join, at once when that is past. Rejects when the session ends before. */
  joined({ signal }: StepOptions = {}): Promise<JoinInfo> {
    return this.session.joined(signal);
  }

  /** Returns the function that ends the registration. */
  on<Type extends SessionEventType>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    return this.session.events.on(type, listener);
  }

  /** All events from now on; ends after `ended` or with the signal. */
  events({ signal }: StepOptions = {}): AsyncGenerator<SessionEvent, void, undefined> {
    return this.session.events.iterate(signal);
  }

  /** Resolves with the first fitting proof, one that has arrived already included. Rejects when the channel ends. */
  async waitForProof({ txid, accept, signal }: ProofFilter = {}): Promise<ReceivedMessage> {
    const fits = async (proof: ReceivedMessage): Promise<boolean> =>
      (txid === undefined || provedTxid(proof) === txid) && (accept === undefined || (await accept(proof)));
    // Nothing comes any more, but what came before the end is still true.
    if (this.phase === "ended") for (const proof of this.#proofs) if (await fits(proof)) return proof;
    return this.session.waitFor<ReceivedMessage>((resolve, reject) => {
      const consider = async (proof: ReceivedMessage): Promise<void> => {
        if (await fits(proof)) resolve(proof);
      };
      for (const proof of this.#proofs) consider(proof).catch(reject);
      return this.session.events.on("proof", ({ received }) => void consider(received).catch(reject));
    }, signal);
  }

  /** Leaves the channel, which stays open for others. Steps that still wait are rejected with SESSION_CLOSED. */
  close(): void {
    this.session.close();
  }
}

/** The server names the transaction twice; the Go library reads the header. */
function provedTxid({ message }: ReceivedMessage): string {
  return (headerValue(message.headers, "x-tx-id") ?? message.correlationId).toLowerCase();
}
