import { isLogError } from "@p4/channel";
import { foldChannel, forEachConcurrently } from "@p4/read-models";
import type { Progress } from "../progress.ts";
import { foldedState } from "./refold-all.ts";
import type { RecordedState } from "./state-hashes.ts";
import type { Operator } from "./with-node.ts";

/** A channel that another machine folds to another state. `state` is null when it no longer folds; `detail` says why. */
export interface StateChange {
  readonly channelId: string;
  readonly streamVersion: number;
  readonly was: string;
  readonly now: string | null;
  readonly detail: string;
}

export interface ComparisonReport {
  readonly channels: number;
  readonly changed: readonly StateChange[];
  /** Recorded then, no longer in the log: gone with its age. */
  readonly gone: number;
}

/** Folds each recorded channel up to the point where it was recorded, and compares where that leads. */
export async function compareStates(
  { log }: Pick<Operator["node"], "log">,
  states: AsyncIterable<RecordedState>,
  options: { readonly concurrency: number; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<ComparisonReport> {
  const changed: StateChange[] = [];
  let [channels, gone] = [0, 0];
  await forEachConcurrently(states, options.concurrency, async (recorded) => {
    options.signal.throwIfAborted();
    channels++;
    const { channelId, streamVersion, state: was, hash } = recorded;
    try {
      const channel = await foldChannel(log, channelId, { upToVersion: streamVersion });
      const now = foldedState(channelId, channel);
      if (channel.streamVersion === 0) gone++;
      else if (now.hash !== hash) {
        const detail = now.state === was ? "the same state with other particulars" : `${was} -> ${now.state}`;
        changed.push({ channelId, streamVersion, was, now: now.state, detail });
      }
    } catch (error) {
      if (!isLogError(error)) throw error;
      changed.push({ channelId, streamVersion, was, now: null, detail: `${error.code}: ${error.message}` });
    }
    options.progress.add();
  });
  return { channels, changed, gone };
}
