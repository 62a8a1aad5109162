/** An election of a stream's leader is over by then. */
export const electionMs = 3_000;
/** A broker that stores nothing anywhere (a full disk) must not be left and joined all the time. */
const moveEveryMs = 10_000;

/** `append`: of a channel's event. `read`: a direct get. `api`: JetStream's own account of itself, asked when idle. */
export type QuestionKind = "append" | "read" | "api";

/**
 * How long each may stay unanswered. An election after the loss of all servers took six seconds in a failure campaign, and
 * a node that left its server meanwhile came back five seconds later than the others: without wallets there is time.
 */
const patienceMs: Readonly<Record<QuestionKind, number>> = { append: electionMs, read: electionMs, api: 10_000 };

/**
 * Decides when to fail over to another server. One that is cut off from its cluster keeps its clients: it answers
 * pings, perhaps reads from its own copies too, but no append reaches a leader. So each kind of question counts alone.
 *
 * Appends are those of channel events. Timers and documents have a stream each: while that has no leader, or is the only one
 * that has, it says nothing about the server. One missed append is enough, though it may be a single shard's leader that is
 * missing: a node that turns wallets away asks no second question (see DESIGN.md).
 */
export class FailureDetector {
  readonly #sinceMs = new Map<QuestionKind, number>();
  #movedMs = -Infinity;

  answered(kind: QuestionKind): void {
    this.#sinceMs.delete(kind);
  }

  /** A kind that has had no answer since one was missed. Null: none has. */
  get overdueKind(): QuestionKind | null {
    return this.#sinceMs.keys().next().value ?? null;
  }

  /** For a new connection. */
  reset(): void {
    this.#sinceMs.clear();
  }

  /** True: unanswered for too long, fail over. */
  unanswered(kind: QuestionKind, nowMs: number): boolean {
    const sinceMs = this.#sinceMs.get(kind) ?? nowMs;
    this.#sinceMs.set(kind, sinceMs);
    if (nowMs - sinceMs < patienceMs[kind] || nowMs - this.#movedMs < moveEveryMs) return false;
    this.#sinceMs.clear();
    this.#movedMs = nowMs;
    return true;
  }
}
