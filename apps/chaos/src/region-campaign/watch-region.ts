import { setTimeout as delay } from "node:timers/promises";
import { isStoreError } from "@p4/event-store";
import { surveyRegion, type SiteBrokers } from "@p4/nats";
import type { RegionState } from "@p4/regions";
import { region } from "../regions/move-region.ts";
import type { Site } from "../regions/start-sites.ts";
import type { Sighting } from "./region-history.ts";

const everyMs = 500;
const surveyWithinMs = 10_000;

/** Asks every site past all links, and keeps what they said whenever that has changed. */
export class RegionWatch {
  readonly sightings: Sighting[] = [];
  readonly #brokers: SiteBrokers;
  #last = "";

  constructor(sites: readonly Site[]) {
    this.#brokers = new Map(sites.map(({ name, broker }) => [name, broker]));
  }

  async look(): Promise<RegionState> {
    const state = await this.#survey();
    const sites = state.sites
      .filter(({ answers }) => answers)
      .map(({ site, row, streams }) => ({
        site,
        row,
        logs: streams
          .filter(({ stream }) => stream.startsWith("P4_CHANNELS_"))
          .map(({ role }) => (role.kind === "copy" ? { ...role, ageMs: null } : role)),
      }));
    const text = JSON.stringify(sites);
    if (text !== this.#last) this.sightings.push({ atMs: Date.now(), sites });
    this.#last = text;
    return state;
  }

  /** A stream that is being recreated is missing for a moment. */
  async #survey(): Promise<RegionState> {
    for (const endMs = performance.now() + surveyWithinMs; ; await delay(100)) {
      try {
        return await surveyRegion(this.#brokers, region);
      } catch (error) {
        if (performance.now() > endMs || !isStoreError(error)) throw error;
      }
    }
  }

  /** Until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch(() => undefined);
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
