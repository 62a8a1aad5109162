import type { ChannelRegistry, SubmitOne } from "@p4/channel-host";
import { wasSubmitted, type Channel, type ChannelCommand, type CommandMetadata } from "@p4/channel";
import type { Said } from "./callback-fact.ts";
import { ProofError } from "./errors.ts";
import { addNotice, type ProofNotice } from "./proof-document.ts";
import type { ProofRules } from "./proof-rules.ts";
import type { NewsOrigin, ProofStore } from "./proof-store.ts";
import type { WaitingProofs } from "./waiting-proofs.ts";

/** What recording a fact needs. */
export interface RecordServices {
  readonly registry: Pick<ChannelRegistry, "begin" | "read" | "readEvent" | "follow">;
  readonly store: ProofStore;
  readonly waiting: WaitingProofs;
  readonly rules: ProofRules;
  readonly nowMs: () => number;
}

/** `submitOne`: begun before. What an ended channel does not take is still worth keeping: it goes to the transaction's record alone. */
export async function submit(
  channelId: string,
  command: ChannelCommand,
  { registry }: RecordServices,
  submitOne: SubmitOne = registry.begin(channelId),
): Promise<Channel> {
  const result = await submitOne(command);
  const hasEnded =
    result.outcome === "refused" && (result.code === "CHANNEL_EXPIRED" || result.code === "CHANNEL_CLOSED");
  if (result.outcome !== "refused" || hasEnded) return result.channel;
  throw new ProofError(result.code === "CHANNEL_FULL" ? "PROOF_CHANNEL_FULL" : "PROOF_CHANNEL_UNKNOWN", channelId);
}

export function metadataOf(txid: string, commandId: string, { nowMs }: RecordServices): CommandMetadata {
  return { commandId, nowMs: nowMs(), correlationId: txid, causationId: "proof-callback" };
}

/** `believed`: of news that undo something, whether they did. */
export function noticeOf(
  channelId: string,
  said: Said,
  { nowMs }: RecordServices,
  believed: { readonly believed?: boolean } = {},
): ProofNotice {
  return { ...said, ...believed, channelId, recordedAtMs: nowMs() };
}

/** Where news of the transaction go: `channel` is the one that they came for. */
export function originOf(txid: string, channelId: string, { snapshot }: Channel): NewsOrigin {
  return { channelId, isSubmitted: wasSubmitted(txid, snapshot.context) };
}

export async function note(
  txid: string,
  notice: ProofNotice,
  channel: Channel,
  { store }: RecordServices,
): Promise<void> {
  await store.change(txid, originOf(txid, notice.channelId, channel), (document) => addNotice(document, notice));
}

/** No event of the channel, but not a door to write about channels that never were either. */
export async function noteOnChannel(txid: string, notice: ProofNotice, services: RecordServices): Promise<void> {
  const { channelId } = notice;
  const channel = await services.registry.read(channelId);
  if (channel.streamVersion === 0) throw new ProofError("PROOF_CHANNEL_UNKNOWN", channelId);
  await note(txid, notice, channel, services);
}
