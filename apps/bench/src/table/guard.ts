/** What is measured now against what was kept: ratios of CPU times, where less is better. */
export interface GuardLine {
  readonly name: string;
  /** Null: not measured. */
  readonly ratio: number | null;
  /** Null: not kept yet. */
  readonly kept: number | null;
  readonly limit: number | null;
  readonly passed: boolean;
}

export type Ratios = Readonly<Record<string, number>>;

/**
 * Ratios of one run vary by half between a quiet machine and one that does much else (seen: 14.8 to 22). A regression beyond this is none of
 * the machine's.
 */
export const noise = 2;

/** Passes only what is measured, kept, and not beyond noise. */
export function compareWithKept(measured: Ratios, kept: Ratios): GuardLine[] {
  const names = [...new Set([...Object.keys(kept), ...Object.keys(measured)])];
  return names.map((name) => {
    const [ratio = null, before = null] = [measured[name], kept[name]];
    const limit = before === null ? null : before * noise;
    return { name, ratio, kept: before, limit, passed: ratio !== null && limit !== null && ratio <= limit };
  });
}

/** The better of two runs: what else ran at the time only adds. */
export function better(first: Ratios, second: Ratios): Ratios {
  const lower = Object.entries(second).map(([name, ratio]) => [name, Math.min(ratio, first[name] ?? ratio)] as const);
  return { ...first, ...Object.fromEntries(lower) };
}

/** Of two runs, to three digits. */
export function meanOf(first: Ratios, second: Ratios): Ratios {
  const means = Object.entries(first).map(([name, ratio]) => {
    return [name, Number(((ratio + (second[name] ?? ratio)) / 2).toPrecision(3))] as const;
  });
  return Object.fromEntries(means);
}
