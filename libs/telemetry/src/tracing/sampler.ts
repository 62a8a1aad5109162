import type { TraceContext } from "./trace-context.ts";

/** Which traces are recorded. */
export interface Sampling {
  /** Of those that begin here, from 0 to 1. */
  readonly ratio: number;
  /** A trace that began elsewhere is recorded if it is there. */
  readonly followsParent: boolean;
}

/** Decided by the trace's random digits, so that all nodes with one ratio decide alike. */
export function isSampled(traceId: string, parent: TraceContext | null, { ratio, followsParent }: Sampling): boolean {
  if (parent !== null && followsParent) return parent.isSampled;
  return Number.parseInt(traceId.slice(-13), 16) >= (1 - ratio) * 2 ** 52;
}
