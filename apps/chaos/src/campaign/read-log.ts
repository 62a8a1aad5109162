import { openChannelNode, type ChannelNode } from "@p4/app";
import type { History, LoggedEvent } from "../checker/history.ts";
import { readRecords } from "../wallets/recorder.ts";

/** Where a log is, and how it was provisioned. */
export interface LogPlace {
  readonly natsUrl: string;
  readonly shards: number;
  readonly replicas: number;
}

const retentionMs = 90 * 24 * 60 * 60 * 1_000;
const atOnce = 16;

/** A node that reads it, as any other does. */
export function openLog(
  place: LogPlace,
  options: Partial<Parameters<typeof openChannelNode>[0]> = {},
): Promise<ChannelNode> {
  return openChannelNode({ name: "p4-chaos", region: "local", retentionMs, ...place, ...options });
}

/** Every event of every channel, as a new node reads it. */
export async function readLog(place: LogPlace): Promise<Map<string, LoggedEvent[]>> {
  const node = await openLog(place);
  const channels = new Map<string, LoggedEvent[]>();
  try {
    for await (const { channelId, ...event } of node.log.scan()) {
      const events = channels.get(channelId) ?? [];
      if (events.length === 0) channels.set(channelId, events);
      events.push(loggedEvent(event));
    }
    return channels;
  } finally {
    await node.close();
  }
}

/** The same of these channels alone: what strangers left in the log may be very much. */
export async function readChannels(
  place: LogPlace,
  channelIds: readonly string[],
): Promise<Map<string, LoggedEvent[]>> {
  const node = await openLog(place);
  const channels = new Map<string, LoggedEvent[]>();
  let next = 0;
  const readOn = async (): Promise<void> => {
    for (let index = next++; index < channelIds.length; index = next++) {
      const channelId = channelIds[index] ?? "";
      const events = await node.log.readStream(channelId, { consistent: true });
      channels.set(channelId, events.map(loggedEvent));
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, readOn));
    return channels;
  } finally {
    await node.close();
  }
}

/** What a log holds, and what the wallets wrote down. */
export async function historyOf(log: History["log"], recordFiles: readonly string[]): Promise<History> {
  const records = (await Promise.all(recordFiles.map(readRecords))).flat();
  return { log, records, readAtMs: Date.now() };
}

function loggedEvent(event: Omit<LoggedEvent, "text"> & { readonly bytes: Uint8Array }): LoggedEvent {
  const { streamVersion, bytes, storedAtMs } = event;
  return { streamVersion, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), storedAtMs };
}
