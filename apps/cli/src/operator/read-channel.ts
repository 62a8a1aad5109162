import {
  heardBy,
  keyOf,
  roleListeners,
  timelineOf,
  type PendingKeys,
  type StoredText,
  type Timeline,
} from "@p4/channel";
import type { EventLog, StoredEvent } from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import type { LogPoint } from "../verbs/arguments.ts";
import { explainFailure } from "@p4/operator/explain-failure";
import { unknownChannel } from "@p4/operator/unknown-channel";

type ReadableLog = Pick<EventLog, "readStream">;

const decoder = new TextDecoder("utf-8", { fatal: false });

/** The bytes as text. Bytes that are not UTF-8 break the hash chain, which names their place. */
export function textOf({ streamVersion, bytes }: StoredEvent): StoredText {
  return { streamVersion, text: decoder.decode(bytes) };
}

/**
 * The channel's whole timeline, or up to one point of it, as the stream's leader has it.
 *
 * @throws CliError for an unknown channel, a point before it, or a log that does not hold together
 */
export async function readTimeline(log: ReadableLog, channelId: string, upTo?: LogPoint): Promise<Timeline> {
  const events = await log.readStream(channelId, {
    consistent: true,
    ...(upTo !== undefined && "atMs" in upTo ? { upToMs: upTo.atMs } : {}),
  });
  const wanted =
    upTo !== undefined && "streamVersion" in upTo
      ? events.filter(({ streamVersion }) => streamVersion <= upTo.streamVersion)
      : events;
  if (wanted.length === 0) await refuse(log, channelId, upTo);
  try {
    return timelineOf(wanted.map(textOf), sha256Hex);
  } catch (error) {
    throw explainFailure(error, channelId);
  }
}

async function refuse(log: ReadableLog, channelId: string, upTo: LogPoint | undefined): Promise<never> {
  const [first] = upTo === undefined ? [] : await log.readStream(channelId, { consistent: true });
  if (first === undefined) throw unknownChannel(channelId);
  const opened = new Date(first.storedAtMs).toISOString();
  throw new CliError(
    "failed",
    `channel ${channelId} has no event up to that point`,
    `Its first event is sequence ${first.streamVersion}, stored ${opened}.`,
    "NOTHING_YET",
  );
}

/** Keys of what was sent to each role, in order. A role that was away gets the pending ones when it joins. */
export function sentTo({ entries, channel }: Timeline): PendingKeys {
  const { context } = channel.snapshot;
  const keysFor = (role: "merchant" | "customer"): string[] =>
    entries
      .map(({ event }) => heardBy(roleListeners[role], event, context))
      .filter((message) => message !== null)
      .map(keyOf);
  return { merchant: keysFor("merchant"), customer: keysFor("customer") };
}
