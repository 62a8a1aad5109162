import {
  foldStored,
  newChannel,
  summarize,
  type Channel,
  type ChannelEventType,
  type FoldedEvent,
  type SequencedEvent,
} from "@p4/channel";
import { readInPortions, type EventLog } from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";
import { isDamage } from "@p4/read-models";
import type { WebhookSource } from "@p4/webhooks";

/** What webhooks call the events of the log. */
const typeNames: Readonly<Record<ChannelEventType, string>> = {
  ChannelOpened: "channel.opened",
  ParticipantJoined: "channel.joined",
  TermsRequested: "channel.terms_requested",
  TermsOffered: "channel.terms_offered",
  TermsRefused: "channel.terms_refused",
  PaymentSubmitted: "channel.payment_submitted",
  PaymentAccepted: "channel.payment_accepted",
  PaymentRefused: "channel.payment_refused",
  PaymentFailed: "channel.payment_failed",
  ProofRecorded: "channel.proof_recorded",
  DoubleSpendReported: "channel.double_spend",
  TransactionRejected: "channel.rejected",
  ProofRevoked: "channel.proof_revoked",
  DeadlineExtended: "channel.extended",
  AckGraceStarted: "channel.grace_started",
  ChannelExpired: "channel.expired",
  ChannelClosed: "channel.closed",
};

export const channelEventTypes: readonly string[] = Object.values(typeNames);

/** Of what a wallet or a miner wrote: characters of a text, entries of a list. */
const maxTextLength = 500;
const maxListed = 20;
const decoder = new TextDecoder();

/**
 * The events of the log, a channel being a thread. The leader is asked, so that what the log has told of is there. A channel that is
 * damaged tells nothing from there on: it is for other tools to find, and a repetition would not mend it.
 */
export function channelEvents(log: Pick<EventLog, "readStream">): WebhookSource {
  return {
    async *events(channelId, afterSequence) {
      try {
        for await (const { channel, event } of foldedEvents(log, channelId)) {
          const { type, streamVersion: sequence, metadata } = event;
          if (sequence <= afterSequence) continue;
          const body = bodyOf(channelId, channel, event);
          yield { sequence, type: typeNames[type], atMs: metadata.recordedAtMs, body };
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
    },
  };
}

async function* foldedEvents(log: Pick<EventLog, "readStream">, channelId: string): AsyncGenerator<FoldedEvent> {
  let channel = newChannel();
  for await (const portion of readInPortions(log, channelId, { consistent: true })) {
    for (const { bytes, streamVersion } of portion) {
      const folded = foldStored(channel, decoder.decode(bytes), streamVersion, sha256Hex);
      yield folded;
      channel = folded.channel;
    }
  }
}

/** From the log alone, so that each delivery has the same bytes. Without what wallets sent, and without who they are. */
function bodyOf(channelId: string, channel: Channel, event: SequencedEvent): string {
  const { state, satoshis, txids, expiresAtMs } = summarize(channel);
  return JSON.stringify({
    id: `${channelId}.${event.streamVersion}`,
    type: typeNames[event.type],
    sequence: event.streamVersion,
    createdAt: new Date(event.metadata.recordedAtMs).toISOString(),
    eventId: event.metadata.eventId,
    channel: { id: channelId, state, satoshis, txids: first(txids), expiresAt: new Date(expiresAtMs).toISOString() },
    ...detailsOf(event),
  });
}

function detailsOf(event: SequencedEvent): object {
  switch (event.type) {
    case "ParticipantJoined":
      return { role: event.data.participant.role };
    case "PaymentSubmitted":
      return { payment: { txids: first(event.data.txids) } };
    case "PaymentRefused":
      return { reason: shortened(event.data.reason) };
    case "ProofRecorded": {
      const { txid, status, blockHash, blockHeight } = event.data.proof;
      return { proof: { txid, status, blockHash, blockHeight } };
    }
    case "DoubleSpendReported": {
      const { txid, reason, competingTxids } = event.data.doubleSpend;
      return { doubleSpend: { txid, reason, competingTxids: first(competingTxids) } };
    }
    case "TransactionRejected": {
      const { txid, status, code, detail, competingTxids } = event.data.rejection;
      return {
        rejection: { txid, status: shortened(status), code, competingTxids: first(competingTxids) },
        reason: shortened(detail),
      };
    }
    case "ProofRevoked": {
      const { txid, status, blockHashes, detail } = event.data.revocation;
      return {
        revocation: { txid, status: shortened(status), blockHashes: first(blockHashes) },
        reason: shortened(detail),
      };
    }
    case "ChannelClosed":
      return { reason: shortened(event.data.reason) };
    default:
      return {};
  }
}

const first = (list: readonly string[]): readonly string[] => list.slice(0, maxListed);

function shortened(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}
