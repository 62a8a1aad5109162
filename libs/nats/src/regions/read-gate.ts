import { isStoreError, StoreError } from "@p4/event-store";
import type { Broker } from "../broker.ts";

/** A site's gate: the permissions by which its brokers keep writers from a region's log until a guard opens it. */
export type GateState = "open" | "shut";

/** What a shut gate denies: each subject that an event is written on in an epoch. Users' permissions name it `$P4_FENCED`. */
export const gatedSubjects = "p4.*.*.write.>";

const gated = /^p4\.[^.]+\.[^.]+\.write\./;

/** Denied with the written subjects, and no stream listens there. */
export const gateQuestion = (region: string): string => `p4.${region}.gate.write.0.question`;

/** Whether a refused subject was only asked about: such a refusal is no fault. */
export const isGateQuestion = (subject: string): boolean => subject.endsWith(".gate.write.0.question");

/** What it means that the broker refuses an operation on a subject. */
export function refusalOf(operation: string, subject: string, url: string, cause: Error): StoreError {
  const isGated = operation === "publish" && gated.test(subject);
  const detail = `${operation} on ${subject} at ${url}`;
  if (!isGated) return new StoreError("STORE_FORBIDDEN", detail, { cause });
  // A login that may not publish there at all is refused in the same way.
  return new StoreError("STORE_LEASE_OVER", `${detail} is refused: the site's gate is shut, or the login may not`, {
    cause,
  });
}

class NothingListens extends StoreError {
  constructor(subject: string) {
    super("STORE_UNAVAILABLE", subject);
  }
}

/**
 * Whether the gate of the server that this connection has is open to its login; always open for one that it does not hold
 * back, as where there is no gate.
 *
 * @throws StoreError STORE_UNAVAILABLE
 */
export async function readGate(broker: Broker, region: string, timeoutMs: number): Promise<GateState> {
  const subject = gateQuestion(region);
  try {
    await broker.request(subject, "", { timeoutMs, onNoResponders: () => new NothingListens(subject) });
    return "open";
  } catch (error) {
    if (error instanceof NothingListens) return "open";
    if (isStoreError(error, "STORE_LEASE_OVER")) return "shut";
    throw error;
  }
}
