import { setTimeout as sleep } from "node:timers/promises";
import { defaultLeaseMs, Lease, RegionError } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { readTable } from "./region-table.ts";

export interface LeaseWatchOptions {
  readonly region: string;
  /** Names of all sites that have a table; one of them is the broker's own. */
  readonly sites: readonly string[];
}

/** Asks the tables of all sites, over the links, whether the region has a later home than this site. */
export interface LeaseWatch {
  readonly lease: Lease;
  /** Resolves when each site was asked once, whether or not it answered: within a second. */
  readonly asked: Promise<void>;
  stop(): void;
}

const askEachMs = 500;
/** A site that does not answer is asked again sooner: a lease that is over must not stay so when the link is back. */
const againMs = 100;
const answerWithinMs = 1_000;

/** @throws RegionError REGION_UNKNOWN_SITE when the broker's own site is none of them */
export function watchLease(broker: Broker, { region, sites }: LeaseWatchOptions): LeaseWatch {
  const own = broker.site;
  if (own === null || !sites.includes(own)) {
    throw new RegionError(
      "REGION_UNKNOWN_SITE",
      `${own ?? "no JetStream domain"} at ${broker.url}; known are ${sites.join(", ")}`,
    );
  }
  const lease = new Lease({ sites, own, leaseMs: defaultLeaseMs });
  const stopped = new AbortController();
  const ask = async (site: string): Promise<boolean> => {
    const askedAtMs = performance.now();
    try {
      const { row } = await readTable(broker, site, region, answerWithinMs);
      lease.hear(site, row, askedAtMs);
      return true;
    } catch {
      // Silence confirms nothing. Why is shown where the broker and the links are looked after.
      return false;
    }
  };
  const follow = async (site: string, hasAnswered: boolean): Promise<void> => {
    for (let answered = hasAnswered; !stopped.signal.aborted; answered = await ask(site)) {
      await sleep(answered ? askEachMs : againMs, undefined, { signal: stopped.signal, ref: false }).catch(
        () => undefined,
      );
      if (stopped.signal.aborted) return;
    }
  };
  const asked = Promise.all(
    sites.map(async (site) => {
      const first = await ask(site);
      void follow(site, first);
    }),
  );
  return { lease, asked: asked.then(() => undefined), stop: () => stopped.abort() };
}
