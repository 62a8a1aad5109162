import type { TraceContext } from "@p4/telemetry";

export interface HeardTrace {
  readonly context: TraceContext;
  readonly atMs: number;
}

const most = 4_096;

/** The traces of the events that the live feed has told lately; an event that is folded later than `most` others has none. */
export class RecentTraces {
  readonly #byEvent = new Map<string, HeardTrace>();

  add(channelId: string, streamVersion: number, heard: HeardTrace): void {
    const [oldest] = this.#byEvent.keys();
    if (this.#byEvent.size >= most && oldest !== undefined) this.#byEvent.delete(oldest);
    this.#byEvent.set(keyOf(channelId, streamVersion), heard);
  }

  of(channelId: string, streamVersion: number): HeardTrace | undefined {
    return this.#byEvent.get(keyOf(channelId, streamVersion));
  }
}

const keyOf = (channelId: string, streamVersion: number): string => `${channelId} ${String(streamVersion)}`;
