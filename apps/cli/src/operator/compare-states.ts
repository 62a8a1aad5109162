import { isLogError, type Channel } from "@p4/channel";
import { shardOf, type EventLog } from "@p4/event-store";
import { foldChannel, forEachConcurrently } from "@p4/read-models";
import type { Progress } from "../progress.ts";
import { foldedState } from "./refold-all.ts";
import type { RecordedState } from "./state-hashes.ts";

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
  /** Recorded then, no longer in the log, or not from their beginning: gone with its age. */
  readonly gone: number;
}

/** The log that is compared. */
export interface ComparedLog {
  readonly log: Pick<EventLog, "readStream">;
  readonly shards: number;
  /** Of each shard, the first sequence that it still has. */
  readonly firstSequences: () => Promise<ReadonlyMap<number, number>>;
}

interface Missing {
  readonly change: StateChange;
  /** The last sequence that has to have left its shard, if it is the log's age that took it. */
  readonly lastGone: number;
}

/** Folds each recorded channel up to the point where it was recorded, and compares where that leads. */
export async function compareStates(
  { log, shards, firstSequences }: ComparedLog,
  states: AsyncIterable<RecordedState>,
  options: { readonly concurrency: number; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<ComparisonReport> {
  const changed: StateChange[] = [];
  const missing: Missing[] = [];
  let channels = 0;
  await forEachConcurrently(states, options.concurrency, async (recorded) => {
    options.signal.throwIfAborted();
    channels++;
    const { channelId, streamVersion, state: was, hash } = recorded;
    const change = { channelId, streamVersion, was, now: null };
    try {
      const channel = await foldUpTo(log, channelId, streamVersion);
      const now = foldedState(channelId, channel);
      if (channel.streamVersion === 0) {
        missing.push({ change: { ...change, detail: "none of its events is in the log" }, lastGone: streamVersion });
      } else if (now.hash !== hash) {
        const detail = now.state === was ? "the same state with other particulars" : `${was} -> ${now.state}`;
        changed.push({ ...change, now: now.state, detail });
      }
    } catch (error) {
      if (!isLogError(error)) throw error;
      const failed = { ...change, detail: `${error.code}: ${error.message}` };
      // Where its beginning was is not known any more.
      if (error.code === "LOG_BEGINNING_GONE") missing.push({ change: failed, lastGone: 1 });
      else changed.push(failed);
    }
    options.progress.add();
  });
  if (missing.length === 0) return { channels, changed, gone: 0 };
  const firsts = await firstSequences();
  const lost = missing.filter(
    ({ change, lastGone }) => (firsts.get(shardOf(change.channelId, shards)) ?? 0) <= lastGone,
  );
  return {
    channels,
    changed: [...changed, ...lost.map(({ change }) => change)],
    gone: missing.length - lost.length,
  };
}

/** A replica that answers first may lag: what it lacks the leader is asked for. */
async function foldUpTo(log: ComparedLog["log"], channelId: string, upToVersion: number): Promise<Channel> {
  const channel = await foldChannel(log, channelId, { upToVersion });
  return channel.streamVersion === upToVersion
    ? channel
    : foldChannel(log, channelId, { upToVersion, consistent: true });
}
