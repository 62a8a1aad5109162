import { initialState, type ChannelSnapshot } from "./channel.machine.ts";
import { LogError } from "./errors.ts";
import { decodeEvent, encodeEvent, sealEvent, type Sha256Hex } from "./event-codec.ts";
import type { ChannelEvent, CopyClass, NewChannelEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { forgetOld } from "./forget-old.ts";
import { sequence, type SequencedEvent } from "./sequenced-event.ts";

/** A channel folded up to one point of its log. */
export interface Channel {
  readonly snapshot: ChannelSnapshot;
  /** The broker's version of the last event; 0 when there is none. */
  readonly streamVersion: number;
  /** Hash of the last event's stored bytes: the next event must carry it. */
  readonly headHash: string;
}

export function newChannel(): Channel {
  return { snapshot: initialState(), streamVersion: 0, headHash: "" };
}

export interface FoldedEvent {
  readonly channel: Channel;
  readonly event: SequencedEvent;
}

/**
 * Folds one stored text into the channel, checking that it follows the hash chain.
 *
 * @throws LogError LOG_EVENT_CORRUPT, LOG_EVENT_TOO_NEW, LOG_BEGINNING_GONE, LOG_CHAIN_BROKEN or LOG_DOES_NOT_FOLD.
 */
export function foldStored(channel: Channel, text: string, streamVersion: number, sha256Hex: Sha256Hex): FoldedEvent {
  const decoded = decodeEvent(text, streamVersion);
  if (decoded.metadata.previousHash !== channel.headHash) {
    if (channel.streamVersion === 0)
      throw new LogError("LOG_BEGINNING_GONE", streamVersion, `it begins with ${decoded.type}`);
    throw new LogError("LOG_CHAIN_BROKEN", streamVersion, `${decoded.type} after ${String(channel.streamVersion)}`);
  }
  const event = sequence(decoded, text, streamVersion);
  return { channel: fold(channel, event, text, sha256Hex), event };
}

/** An event that is ready to be appended on top of the channel it was decided on. */
export interface SealedEvent {
  readonly event: ChannelEvent;
  readonly text: string;
}

/** @param copyClass null: the deployment has one site */
export function sealFor(channel: Channel, event: NewChannelEvent, copyClass: CopyClass | null = null): SealedEvent {
  const sealed = sealEvent(event, channel.headHash, copyClass);
  return { event: sealed, text: encodeEvent(sealed) };
}

/** Folds an event of our own after the log has taken it: no need to read back what we wrote. */
export function foldSealed(
  channel: Channel,
  sealed: SealedEvent,
  streamVersion: number,
  sha256Hex: Sha256Hex,
): FoldedEvent {
  const event = sequence(sealed.event, sealed.text, streamVersion);
  return { channel: fold(channel, event, sealed.text, sha256Hex), event };
}

function fold({ snapshot }: Channel, event: SequencedEvent, text: string, sha256Hex: Sha256Hex): Channel {
  const next = evolve(snapshot, event);
  const context = forgetOld(snapshot.context, next.context, sha256Hex);
  return {
    snapshot: context === next.context ? next : { ...next, context },
    streamVersion: event.streamVersion,
    headHash: sha256Hex(text),
  };
}
