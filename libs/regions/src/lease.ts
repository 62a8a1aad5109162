import { majorityOf, type RegionRow } from "./region-row.ts";

/** What a table says of a region; null: nothing. */
export type HeardRow = Pick<RegionRow, "epoch" | "home"> | null;

export interface LeaseRules {
  /** All sites that have a table, witnesses included. */
  readonly sites: readonly string[];
  /** The one that writes. */
  readonly own: string;
  readonly leaseMs: number;
}

/** A home cut off from the others writes no longer than this. */
export const defaultLeaseMs = 4_000;

/** An append that left just before the lease ended is stored or refused within this. */
const appendTimeoutMs = 2_000;

/** With fewer sites, losing one leaves no majority: an operator decides instead. */
const sitesForLease = 3;

/** Whether a home among `sites` needs the other sites' confirmation. */
export const hasLease = (sites: number): boolean => sites >= sitesForLease;

/** How long a lost home among `sites` may still acknowledge; 0: they have no lease, so nothing ends it. */
export const outwaitMsOf = (sites: number): number => (hasLease(sites) ? defaultLeaseMs + appendTimeoutMs : 0);

interface Heard {
  readonly row: HeardRow;
  readonly askedAtMs: number;
}

/**
 * A writer's right to use an epoch: a majority of sites said within the lease that no later home is known to them. Times are
 * those of one monotonic clock, and each is when the question left, so that a slow answer makes the lease shorter.
 */
export class Lease {
  readonly #rules: LeaseRules;
  readonly #heard = new Map<string, Heard>();

  constructor(rules: LeaseRules) {
    this.#rules = rules;
  }

  get isOn(): boolean {
    return hasLease(this.#rules.sites.length);
  }

  /** What a site's table says. A site never goes back to an earlier home. */
  hear(site: string, row: HeardRow, askedAtMs: number): void {
    if (!this.#rules.sites.includes(site)) return;
    const known = this.#heard.get(site);
    const epochs = known === undefined ? 0 : epochOf(row) - epochOf(known.row);
    if (known !== undefined && (epochs < 0 || (epochs === 0 && known.askedAtMs > askedAtMs))) return;
    this.#heard.set(site, { row, askedAtMs });
  }

  /** How long the epoch may still be used; 0: not at all; Infinity: too few sites for a lease, or no table of the region yet. */
  leftMs(epoch: number, nowMs: number): number {
    const own = this.#heard.get(this.#rules.own);
    if (!this.isOn || (own !== undefined && own.row === null)) return Infinity;
    return this.confirmedMs(epoch, nowMs);
  }

  /** For how long the last answers of a majority confirm the epoch, with two sites too; 0: no longer. */
  confirmedMs(epoch: number, nowMs: number): number {
    const left = [...this.#confirmations(epoch, nowMs).values()].toSorted((one, other) => other - one);
    return left[majorityOf(this.#rules.sites.length) - 1] ?? 0;
  }

  /** The sites whose answers confirm the epoch now, by name. */
  confirmedBy(epoch: number, nowMs: number): readonly string[] {
    return [...this.#confirmations(epoch, nowMs).keys()].toSorted();
  }

  /** What the writer's own site said last; undefined: it has not answered yet. */
  get ownRow(): HeardRow | undefined {
    return this.#heard.get(this.#rules.own)?.row;
  }

  /** The latest home that any site named; null: none did. */
  get latest(): HeardRow {
    const rows = [...this.#heard.values()].flatMap(({ row }) => row ?? []);
    return rows.toSorted((left, right) => right.epoch - left.epoch)[0] ?? null;
  }

  get rules(): LeaseRules {
    return this.#rules;
  }

  /** For how long each site's last answer confirms the epoch; those that do not are left out. */
  #confirmations(epoch: number, nowMs: number): ReadonlyMap<string, number> {
    const { leaseMs } = this.#rules;
    return new Map(
      [...this.#heard].flatMap(([site, { row, askedAtMs }]) => {
        const leftMs = this.#confirms(row, epoch) ? askedAtMs + leaseMs - nowMs : 0;
        return leftMs > 0 ? [[site, leftMs] as const] : [];
      }),
    );
  }

  /**
   * The epoch of a later home that is in force; null: none is known. Of two sites one tells: the operator's word stood for
   * the other.
   */
  deposedBy(epoch: number): number | null {
    const later = [...this.#heard.values()].flatMap(({ row }) => (this.#isLater(row, epoch) ? [row.epoch] : []));
    const needed = this.isOn ? majorityOf(this.#rules.sites.length) : 1;
    return later.length < needed ? null : Math.max(...later);
  }

  /** A table that is empty confirms nothing but a region that has none yet: it may have lost its row. */
  #confirms(row: HeardRow, epoch: number): boolean {
    if (row === null) return epoch === 0;
    return !this.#isLater(row, epoch);
  }

  /** Two operators may each have written a row of one epoch: a site that it does not name counts it as another one's. */
  #isLater(row: HeardRow, epoch: number): row is NonNullable<HeardRow> {
    return row !== null && (row.epoch > epoch || (row.epoch === epoch && row.home !== this.#rules.own));
  }
}

const epochOf = (row: HeardRow): number => row?.epoch ?? 0;
