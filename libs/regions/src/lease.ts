import { majorityOf } from "./region-row.ts";

export interface LeaseRules {
  /** All sites that have a table, witnesses included. */
  readonly sites: readonly string[];
  readonly leaseMs: number;
}

/** A home cut off from the others writes no longer than this. */
export const defaultLeaseMs = 4_000;

/** With fewer sites, losing one leaves no majority: an operator decides instead. */
const sitesForLease = 3;

interface Confirmation {
  readonly epoch: number;
  readonly askedAtMs: number;
}

/**
 * A writer's right to use an epoch: a majority of sites said within the lease that no higher one is known to them. Times are
 * those of one monotonic clock, and each is when the question left, so that a slow answer makes the lease shorter.
 */
export class Lease {
  readonly #rules: LeaseRules;
  readonly #confirmed = new Map<string, Confirmation>();

  constructor(rules: LeaseRules) {
    this.#rules = rules;
  }

  get isOn(): boolean {
    return this.#rules.sites.length >= sitesForLease;
  }

  /** The site's table holds this epoch as its highest. */
  confirm(site: string, epoch: number, askedAtMs: number): void {
    const known = this.#confirmed.get(site);
    if (known !== undefined && (known.epoch > epoch || (known.epoch === epoch && known.askedAtMs > askedAtMs))) return;
    if (this.#rules.sites.includes(site)) this.#confirmed.set(site, { epoch, askedAtMs });
  }

  /** How long the epoch may still be used; 0: not at all; Infinity: too few sites for a lease. */
  leftMs(epoch: number, nowMs: number): number {
    if (!this.isOn) return Infinity;
    const asked = [...this.#confirmed.values()]
      .filter((confirmation) => confirmation.epoch === epoch)
      .map(({ askedAtMs }) => askedAtMs)
      .toSorted((left, right) => right - left);
    const oldestNeeded = asked[majorityOf(this.#rules.sites.length) - 1];
    return oldestNeeded === undefined ? 0 : Math.max(0, oldestNeeded + this.#rules.leaseMs - nowMs);
  }
}
