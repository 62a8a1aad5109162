import { hasLease, type CopyClass } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { channelStream, createNames } from "../subjects.ts";
import { readHome, type HomeState } from "./home-state.ts";
import { watchLease } from "./watch-lease.ts";

export interface HomeWatchOptions {
  readonly region: string;
  /** Which of the region's streams tells. Default: the log's first, which every region has. */
  readonly stream?: string;
  /** Names of all sites of the deployment: of three and more, a majority has to confirm a home. Default: none is asked. */
  readonly sites?: readonly string[];
  /** Hears of which sites one must have an event before it counts, whenever that is known, and whether the home is here. */
  readonly onConfirmers?: (sites: readonly string[], isHome: boolean) => void;
}

/** Follows where a region's home is, as the broker of one site tells. */
export interface HomeWatch {
  /** The site that is asked; null: the only one. */
  readonly site: string | null;
  /** Null: the broker has not said yet. */
  readonly state: HomeState | null;
  /** Since the copy at this site last heard of its home, when it was last looked at; null: it never did, or there is none. */
  readonly copyAgeMs: number | null;
  /** The sites of which one must have an event before it counts; empty: none. */
  readonly confirmers: readonly string[];
  /** What is promised of an event that is stored here; null: no table of this home says so, or it is elsewhere. */
  readonly copyClass: CopyClass | null;
  /** Why nothing can be served from here; null: this site is the home, or the broker has not said otherwise. */
  readonly trouble: string | null;
  /** How long this site may still write in an epoch; 0: not at all; Infinity: nothing limits it. */
  leaseLeftMs(epoch: number): number;
  /** Resolves when the broker and the other sites were asked for the first time: within two seconds. */
  readonly asked: Promise<void>;
  /** Hears of each change. Returns the function that ends it. */
  onChange(listener: (state: HomeState) => void): () => void;
  /** Asks at once: an append has found no home. */
  ask(): void;
  stop(): void;
}

/** A home that leaves is also noticed by the first append that it refuses. */
const serveMs = 500;
/** Wallets wait for what comes next. */
const waitMs = 50;
const answerWithinMs = 500;

/** @throws RegionError REGION_UNKNOWN_SITE when the broker's own site is none of those named */
export function watchHome(
  broker: Broker,
  { region, stream = firstStream(region), sites = [], onConfirmers = () => undefined }: HomeWatchOptions,
): HomeWatch {
  const leaseWatch = hasLease(sites.length) ? watchLease(broker, { region, sites }) : null;
  const leaseLeftMs = (epoch: number): number => leaseWatch?.lease.leftMs(epoch, performance.now()) ?? Infinity;
  const listeners = new Set<(state: HomeState) => void>();
  const stopped = new AbortController();
  let state: HomeState | null = null;
  /** Without regard to the lease. */
  let told: HomeState | null = null;
  let wake = (): void => undefined;
  let isWanted = false;
  let copyAgeMs: number | null = null;
  let confirmers: readonly string[] = [];
  let copyClass: CopyClass | null = null;
  let hasLooked = (): void => undefined;
  const firstLook = new Promise<void>((resolve) => (hasLooked = resolve));
  const look = (): void => {
    if (told === null) return;
    const next: HomeState =
      told.kind === "here" && leaseLeftMs(told.epoch) === 0 ? { kind: "unconfirmed", epoch: told.epoch } : told;
    if (sameState(next, state)) return;
    state = next;
    for (const listener of [...listeners]) listener(next);
  };
  const run = async (): Promise<void> => {
    await leaseWatch?.asked;
    while (!stopped.signal.aborted) {
      isWanted = false;
      if (broker.ready()) {
        // A broker that does not answer says nothing of the home; its health is watched elsewhere.
        const found = await readHome(broker, { region, stream }, answerWithinMs).catch(() => null);
        // A stream that is recreated at a site says nothing of the region.
        if (found !== null && !stopped.signal.aborted) {
          ({ state: told, copyAgeMs, copyClass } = found);
          confirmers = found.confirmers ?? confirmers;
          // Before any node hears that the home is here.
          if (found.confirmers !== null) onConfirmers(confirmers, told.kind === "here" || told.kind === "unconfirmed");
        }
      }
      if (!stopped.signal.aborted) look();
      hasLooked();
      if (isWanted || stopped.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        // The server writes each question at a shut gate into its log.
        const isCalm = state === null || state.kind === "here" || told?.kind === "unconfirmed";
        const timer = setTimeout(resolve, isCalm ? serveMs : waitMs).unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  void run();
  return {
    get site() {
      return broker.site;
    },
    get state() {
      return state;
    },
    get copyAgeMs() {
      return copyAgeMs;
    },
    get confirmers() {
      return confirmers;
    },
    get copyClass() {
      return copyClass;
    },
    get trouble() {
      if (state === null || state.kind === "here") return null;
      if (state.kind === "unconfirmed") return "too few sites confirm that the region's home is still here";
      if (state.kind === "moving") return "the region's home is being moved";
      return `the region's home is at site ${state.site}`;
    },
    leaseLeftMs,
    asked: firstLook,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask() {
      isWanted = true;
      wake();
    },
    stop() {
      stopped.abort();
      leaseWatch?.stop();
      wake();
    },
  };
}

const firstStream = (region: string): string => channelStream(createNames(region, 1), 0);

function sameState(left: HomeState, right: HomeState | null): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
