import type { Broker } from "../broker.ts";
import { channelStream, createNames } from "../subjects.ts";
import { readHome, type FoundHome, type HomeState } from "./home-state.ts";

export interface HomeWatchOptions {
  readonly region: string;
  /** Which of the region's streams tells. Default: the log's first, which every region has. */
  readonly stream?: string;
}

/** Follows where a region's home is, as the broker of one site tells. */
export interface HomeWatch {
  /** The site that is asked; null: the only one. */
  readonly site: string | null;
  /** Null: the broker has not said yet. */
  readonly state: HomeState | null;
  /** Since the copy at this site last heard of its home, when it was last looked at; null: it never did, or there is none. */
  readonly copyAgeMs: number | null;
  /** Why nothing can be served from here; null: this site is the home, or the broker has not said otherwise. */
  readonly trouble: string | null;
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

export function watchHome(broker: Broker, { region, stream = firstStream(region) }: HomeWatchOptions): HomeWatch {
  const listeners = new Set<(state: HomeState) => void>();
  const stopped = new AbortController();
  let state: HomeState | null = null;
  let wake = (): void => undefined;
  let isWanted = false;
  let copyAgeMs: number | null = null;
  const take = (found: FoundHome | null): void => {
    // A stream that is made anew at a site says nothing of the region.
    if (found === null) return;
    ({ copyAgeMs } = found);
    if (sameState(found.state, state)) return;
    ({ state } = found);
    for (const listener of [...listeners]) listener(found.state);
  };
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      isWanted = false;
      if (broker.ready()) {
        // A broker that does not answer says nothing of the home; its health is watched elsewhere.
        const found = await readHome(broker, { region, stream }, answerWithinMs).catch(() => null);
        if (!stopped.signal.aborted) take(found);
      }
      if (isWanted || stopped.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, state === null || state.kind === "here" ? serveMs : waitMs).unref();
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
    get trouble() {
      if (state === null || state.kind === "here") return null;
      if (state.kind === "moving") return "the region's home is being moved";
      return `the region's home is at site ${state.site}`;
    },
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
      wake();
    },
  };
}

const firstStream = (region: string): string => channelStream(createNames(region, 1), 0);

function sameState(left: HomeState, right: HomeState | null): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
