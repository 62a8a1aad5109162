import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ChannelNodeOptions } from "@p4/app";
import { percentile } from "./statistics.ts";

type EventLog = Parameters<NonNullable<ChannelNodeOptions["wrap"]>>[0]["log"];

/** What the edge's process saw of itself since it was last asked, ms. */
export interface EdgeFigures {
  /** The 99th percentile of the steady wallets' messages: from the decoded frame's append to its end, when it is sent on. */
  readonly ownP99Ms: number;
  /** How late the loop was: the 99th percentile of samples taken each millisecond. */
  readonly loopP99Ms: number;
}

/** Sits in the edge's process: what a client measures holds the client's own waits as well. */
export class EdgeProbe {
  readonly #loop = monitorEventLoopDelay({ resolution: 1 });
  #samples: number[] = [];

  constructor() {
    this.#loop.enable();
  }

  /** The log, timed where a well-behaved wallet's message is stored. */
  watch(log: EventLog, isSteady: (channelId: string) => boolean): EventLog {
    return {
      readStream: (...args) => log.readStream(...args),
      streamVersions: (...args) => log.streamVersions(...args),
      scan: (...args) => log.scan(...args),
      appendToStream: async (request) => {
        if (!isSteady(request.channelId)) return log.appendToStream(request);
        const beganMs = performance.now();
        try {
          return await log.appendToStream(request);
        } finally {
          this.#samples.push(performance.now() - beganMs);
        }
      },
    };
  }

  /** Reads the figures and resets them. */
  take(): EdgeFigures {
    const samples = Float64Array.from(this.#samples);
    const loopP99Ms = this.#loop.percentile(99) / 1e6;
    this.#samples = [];
    this.#loop.reset();
    return { ownP99Ms: percentile(samples, 0.99), loopP99Ms };
  }
}
