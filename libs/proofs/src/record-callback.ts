import { isStoreError } from "@p4/event-store";
import { isSpvError, type SpvError } from "@p4/spv";
import { isProofError, type ProofError } from "./errors.ts";
import { readCallback, type CallbackEntry } from "./read-callback.ts";
import { recordFact } from "./record-fact.ts";
import type { RecordServices } from "./record-services.ts";

export interface IncomingCallback {
  readonly channelId: string;
  readonly expectedTxid: string | null;
  readonly bodyText: string;
}

/** An entry of a batch that stays wrong, however often it is sent. */
export interface RefusedEntry {
  readonly index: number;
  readonly error: SpvError | ProofError;
}

/** A sender waits some five seconds: while the log does not answer, the rest is left for the next time. */
const patienceMs = 2_000;

/**
 * Verifies a callback and stores what it says: first on the channel, whose log decides, then by transaction. A wrong
 * entry of a batch does not hold back the right ones: it is returned. Resolves only when everything else is stored; sent
 * again after a failure in between, it completes what is missing.
 *
 * @throws SpvError, ProofError or StoreError when nothing of the callback is right, or something must be sent again.
 */
export async function recordCallback(
  { channelId, expectedTxid, bodyText }: IncomingCallback,
  services: RecordServices,
): Promise<readonly RefusedEntry[]> {
  const { signaturePolicy: policy, takesUnsignedArc, crypto } = services.rules;
  const entries = readCallback(bodyText, { expectedTxid, policy, takesUnsignedArc, crypto });
  await lookUpBlocks(entries, services);
  // A channel that is followed is read once, not for each entry of a batch.
  const followed = entries.length < 2 ? null : await services.registry.follow(channelId, () => undefined);
  try {
    return await recordEntries(channelId, entries, services);
  } finally {
    followed?.release();
  }
}

async function recordEntries(
  channelId: string,
  entries: readonly CallbackEntry[],
  services: RecordServices,
): Promise<readonly RefusedEntry[]> {
  const refused: RefusedEntry[] = [];
  const failures: unknown[] = [];
  const startedMs = services.nowMs();
  // One after the other: what a batch says of one transaction has an order.
  for (const [index, entry] of entries.entries()) {
    try {
      await recordEntry(channelId, entry, services);
    } catch (error) {
      if (isFinal(error)) refused.push({ index, error });
      else failures.push(error);
      if (isStoreError(error) && services.nowMs() - startedMs > patienceMs) break;
    }
  }
  if (failures.length > 0) throw failures[0];
  if (refused[0] !== undefined && refused.length === entries.length) throw refused[0].error;
  return refused;
}

/** All at the same time; the source remembers its answers for when their turn comes. */
async function lookUpBlocks(entries: readonly CallbackEntry[], { rules }: RecordServices): Promise<void> {
  if (entries.length < 2) return;
  const facts = entries.flatMap((entry) => (entry.ok ? entry.facts : []));
  const claims = facts.flatMap((fact) => (fact.kind === "proof" ? [fact.claim] : []));
  await Promise.all(claims.map((claim) => rules.headers.lookup(claim)));
}

async function recordEntry(channelId: string, entry: CallbackEntry, services: RecordServices): Promise<void> {
  if (!entry.ok) throw entry.error;
  for (const fact of entry.facts) await recordFact(channelId, fact, services);
}

function isFinal(error: unknown): error is SpvError | ProofError {
  return (isSpvError(error) || isProofError(error)) && !error.retryable;
}
