import { foldStored, isLogError, newChannel, readStored, type SequencedEvent, type Sha256Hex } from "@p4/channel";
import type { History, LoggedEvent, Violation } from "./history.ts";

export interface CheckedChannel {
  readonly channelId: string;
  readonly events: readonly LoggedChannelEvent[];
  readonly byVersion: ReadonlyMap<number, LoggedChannelEvent>;
}

export type LoggedChannelEvent = SequencedEvent & { readonly storedAtMs: number };

/** Decodes every event, whether or not the history that they make is legal: the other checks want to see them all. */
export function decodeChannels(log: History["log"]): Map<string, CheckedChannel> {
  const channels = new Map<string, CheckedChannel>();
  for (const [channelId, stored] of log) {
    const events = stored.map(({ text, streamVersion, storedAtMs }): LoggedChannelEvent => ({
      ...readStored(text, streamVersion),
      storedAtMs,
    }));
    channels.set(channelId, { channelId, events, byVersion: new Map(events.map((e) => [e.streamVersion, e])) });
  }
  return channels;
}

/** Every history is a legal run of the machine, and its hash chain is whole. */
export function illegalHistories(log: History["log"], sha256Hex: Sha256Hex): Violation[] {
  return [...log].flatMap(([channelId, stored]) => illegalHistory(channelId, stored, sha256Hex));
}

function illegalHistory(channelId: string, stored: readonly LoggedEvent[], sha256Hex: Sha256Hex): Violation[] {
  let channel = newChannel();
  try {
    for (const { text, streamVersion } of stored) {
      channel = foldStored(channel, text, streamVersion, sha256Hex).channel;
    }
    return [];
  } catch (error) {
    if (!isLogError(error)) throw error;
    return [{ code: "ILLEGAL_HISTORY", channelId, detail: `${error.code}: ${error.message}` }];
  }
}
