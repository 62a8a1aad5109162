import { standingProofs } from "@p4/channel";
import { isStoreError } from "@p4/event-store";
import { isSpvError } from "@p4/spv";
import { isProofError } from "./errors.ts";
import { recordProof } from "./record-proof.ts";
import type { RecordServices } from "./record-services.ts";
import type { KeptWaitingProof } from "./waiting-proofs.ts";

/** What is looked after at the same time. Beyond, the one that has waited longest is given up. */
export const maxWaiting = 10_000;
/** A header source that lags behind for longer than this is broken; `p4 proof requeue` helps then. */
export const waitsAtMostMs = 3 * 24 * 60 * 60 * 1000;
const lookedUpInOneRound = 256;
/** A block comes to the header source seconds after the miner's callback, or after a long outage. */
const [shortestPauseMs, longestPauseMs] = [2_000, 300_000];

interface Watched extends KeptWaitingProof {
  nextLookMs: number;
}

/**
 * Asks again for the headers that proofs wait for, and tells their channels when one has come. Any number of nodes may do
 * so: recording a verified proof is idempotent.
 */
export class HeaderWatch {
  readonly #services: RecordServices;
  /** Oldest first. */
  readonly #watched = new Map<string, Watched>();
  #readTo = 0;

  constructor(services: RecordServices) {
    this.#services = services;
  }

  /** Those that this node looks after. */
  get size(): number {
    return this.#watched.size;
  }

  /**
   * One round: what has come to wait since the last one, then those whose turn it is.
   *
   * @throws StoreError, LogError; the next round goes on behind it.
   */
  async look(): Promise<void> {
    await this.#readNew();
    const nowMs = this.#services.nowMs();
    const due = [...this.#watched.values()].filter(({ nextLookMs }) => nextLookMs <= nowMs);
    for (const waiting of due.slice(0, lookedUpInOneRound)) {
      waiting.nextLookMs = nowMs + pauseAfter(nowMs - waiting.sinceMs);
      await this.#lookAt(waiting, nowMs);
    }
  }

  async #readNew(): Promise<void> {
    for await (const waiting of this.#services.waiting.writtenAfter(this.#readTo)) {
      this.#readTo = waiting.revision;
      this.#watched.set(waiting.key, { ...waiting, nextLookMs: 0 });
      const [longest] = this.#watched.values();
      if (this.#watched.size > maxWaiting && longest !== undefined) await this.#forget(longest);
    }
  }

  async #lookAt(waiting: Watched, nowMs: number): Promise<void> {
    const { kind } = await this.#services.rules.headers.lookup(waiting.claim);
    const isDecided = kind === "contradicted" || (kind === "confirmed" && (await this.#record(waiting)));
    if (isDecided || nowMs - waiting.sinceMs > waitsAtMostMs) await this.#forget(waiting);
  }

  /**
   * As the channel has it: what was said of it since, such as that its block has left the chain, counts too. False: try
   * again, because what was read of the log is from before the proof (a replica lags), or the header is unknown once more.
   */
  async #record({ channelId, txid, claim, streamVersion = 0 }: Watched): Promise<boolean> {
    const channel = await this.#services.registry.read(channelId);
    if (channel.streamVersion < streamVersion) return false;
    const { context } = channel.snapshot;
    const recorded = standingProofs(context).find(({ data: { proof } }) => {
      return proof.txid === txid && proof.merkleRoot === claim.merkleRoot && proof.awaitsHeader === true;
    });
    if (recorded === undefined) return true;
    const event = await this.#services.registry.readEvent(channelId, recorded.streamVersion);
    if (event.type !== "ProofRecorded") return true;
    try {
      const fact = { kind: "proof", claim, proof: event.data.proof } as const;
      return (await recordProof(channelId, fact, this.#services)) === "verified";
    } catch (error) {
      // A store that cannot be reached: the mark stays.
      if (isStoreError(error) || !(isSpvError(error) || isProofError(error))) throw error;
      // Such as a full channel.
      return !error.retryable;
    }
  }

  async #forget(waiting: Watched): Promise<void> {
    await this.#services.waiting.remove(waiting);
    this.#watched.delete(waiting.key);
  }
}

function pauseAfter(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 4, shortestPauseMs), longestPauseMs);
}
