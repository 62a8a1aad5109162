import { isLogError, stateHash, stateName, type Channel } from "@p4/channel";
import { inspectStreams, listChannels, type ListedChannel } from "@p4/nats";
import { foldChannel, forEachConcurrently } from "@p4/read-models";
import { sha256Hex } from "@p4/node-crypto";
import type { Progress } from "../progress.ts";
import { firstSequences } from "./first-sequences.ts";
import type { Operator } from "./with-node.ts";

/** Where a channel's log has led. */
export interface FoldedState {
  readonly channelId: string;
  readonly streamVersion: number;
  readonly state: string;
  readonly hash: string;
  readonly headHash: string;
}

/** A channel whose log does not hold together. */
export interface Damage {
  readonly channelId: string;
  readonly code: string;
  readonly message: string;
  readonly streamVersion: number | null;
}

export interface RefoldReport {
  readonly channels: number;
  readonly events: number;
  readonly damaged: readonly Damage[];
  /** Channels that have lost their first events to the log's age: no damage. */
  readonly aging: number;
}

export interface RefoldOptions {
  readonly concurrency: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onFolded: (folded: FoldedState) => void;
}

/**
 * Folds every channel as an edge does that starts cold, each for itself: memory stays flat, since no state outlives its
 * channel's turn. Rejects when the broker cannot be read to the end: half a check is none.
 */
export async function refoldAll({ node, config }: Operator, options: RefoldOptions): Promise<RefoldReport> {
  const { region, shards } = config;
  const firsts = await firstSequences(node.broker, region);
  const damaged: Damage[] = [];
  let [channels, events, aging] = [0, 0, 0];

  async function refold(listed: ListedChannel): Promise<void> {
    options.signal.throwIfAborted();
    const { channelId } = listed;
    channels++;
    events += listed.events;
    try {
      const channel = await foldWhole(node.log, listed);
      if (channel === null) damaged.push(lost(listed));
      else options.onFolded(foldedState(channelId, channel));
    } catch (error) {
      if (!isLogError(error)) throw error;
      const { code, message, streamVersion } = error;
      if (code === "LOG_BEGINNING_GONE" && (firsts.get(listed.shard) ?? 0) > 1) aging++;
      else damaged.push({ channelId, code, message, streamVersion });
    }
    options.progress.add();
  }

  await forEachConcurrently(listChannels(node.broker, { region, shards }), options.concurrency, refold);
  return { channels, events, damaged, aging };
}

export function foldedState(channelId: string, channel: Channel): FoldedState {
  const { streamVersion, snapshot, headHash } = channel;
  return { channelId, streamVersion, state: stateName(snapshot), hash: stateHash(channel, sha256Hex), headHash };
}

type Log = Operator["node"]["log"];

/** Null: the leader has fewer events than the stream's index counts. A replica that answers first may only lag. */
async function foldWhole(log: Log, { channelId, events }: ListedChannel): Promise<Channel | null> {
  const channel = await foldChannel(log, channelId);
  if (channel.snapshot.context.eventCount >= events) return channel;
  const certain = await foldChannel(log, channelId, { consistent: true });
  return certain.snapshot.context.eventCount >= events ? certain : null;
}

function lost({ channelId, events }: ListedChannel): Damage {
  const message = `the stream counts ${events} events of this channel, but not all of them can be read`;
  return { channelId, code: "LOG_EVENTS_MISSING", message, streamVersion: null };
}

/** How many channels there are: for progress alone. */
export async function countChannels({ node, config }: Operator): Promise<number> {
  const streams = await inspectStreams(node.broker, config.region);
  return streams.filter(({ shards }) => shards !== null).reduce((sum, { subjects }) => sum + subjects, 0);
}
