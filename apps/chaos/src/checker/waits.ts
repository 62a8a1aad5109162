/** Milliseconds. */
export interface Waits {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

export function waitsOf(all: readonly number[]): Waits {
  const sorted = all.toSorted((left, right) => left - right);
  const [median, p99, longest] = [quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1)];
  return { count: sorted.length, median, p99, longest };
}

/** The nearest-rank quantile of ascending numbers; 0 when there are none. */
function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? 0;
}
