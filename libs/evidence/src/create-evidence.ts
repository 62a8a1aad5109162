import { LogError, machineVersion, stateName, timelineOf } from "@p4/channel";
import { hexToBytes, parseBlockHeader, sdkCrypto, type SpvCrypto } from "@p4/spv";
import { EvidenceError } from "./errors.ts";
import type {
  DurabilityClass,
  EvidenceBlock,
  EvidenceEvent,
  EvidenceHeader,
  EvidenceManifest,
} from "./evidence-contents.ts";
import { formatEvent, readBlock, readEvent, readHeader } from "./part-contents.ts";
import { PartShapeError } from "./part-json.ts";
import { publicKeyOf } from "./signing.ts";
import { sha256Text } from "./text-bytes.ts";
import { writeEvidence } from "./write-evidence.ts";

export interface EvidenceInput {
  readonly channelId: string;
  readonly region: string;
  readonly shard: number;
  readonly durability: DurabilityClass;
  readonly softwareVersion: string;
  readonly exportedAtMs: number;
  /** The whole log of the channel, read consistently. */
  readonly events: readonly EvidenceEvent[];
  /** Headers of the blocks that the channel's proofs name, as far as known. */
  readonly blocks?: readonly EvidenceBlock[];
  readonly operatorPrivateKeyHex: string;
  readonly crypto?: SpvCrypto;
}

/**
 * The text of an evidence file (see FORMAT.md). Pure: time, key and headers come in. A log that does not hold together
 * makes no evidence.
 *
 * @throws EvidenceError EVIDENCE_INPUT_INVALID, EVIDENCE_LOG_MISMATCH, EVIDENCE_KEY_INVALID;
 *   LogError LOG_* with the stream version of the event that does not follow.
 */
export function createEvidence(input: EvidenceInput): string {
  const { channelId, region, shard, durability, softwareVersion, exportedAtMs, events, blocks = [] } = input;
  const crypto = input.crypto ?? sdkCrypto;
  const sha256Hex = sha256Text(crypto);
  const header: EvidenceHeader = {
    channelId,
    region,
    shard,
    durability,
    machineVersion: machineVersion(sha256Hex),
    softwareVersion,
    exportedAtMs,
    operatorKey: publicKeyOf(input.operatorPrivateKeyHex),
  };
  checkShape(() => readHeader(JSON.stringify(header)));
  for (const block of blocks) checkShape(() => readBlock(JSON.stringify(block)));
  for (const block of blocks) parseBlockHeader(hexToBytes(block.header, "blocks.header"), crypto);
  checkLog(channelId, events);
  const { channel } = timelineOf(events, sha256Hex);
  const outcome: Omit<EvidenceManifest, "parts"> = {
    head: { channelId, streamVersion: channel.streamVersion, headHash: channel.headHash },
    eventCount: events.length,
    state: stateName(channel.snapshot),
  };
  if (channel.snapshot.context.channelId !== channelId) {
    throw new EvidenceError("EVIDENCE_LOG_MISMATCH", `its first event opens ${channel.snapshot.context.channelId}`);
  }
  return writeEvidence({ header, events, blocks, outcome }, input.operatorPrivateKeyHex, crypto);
}

function checkLog(channelId: string, events: readonly EvidenceEvent[]): void {
  if (events.length === 0) throw new EvidenceError("EVIDENCE_LOG_MISMATCH", `${channelId} has no event`);
  let previous = 0;
  for (const event of events) {
    checkShape(() => readEvent(formatEvent(event)));
    const { streamVersion, text } = event;
    // Stored texts are one line of JSON; anything else was never written by this system.
    if (/[\r\n]|\p{Surrogate}/u.test(text)) {
      throw new LogError("LOG_EVENT_CORRUPT", streamVersion, "the text is not one line of UTF-8");
    }
    if (streamVersion <= previous) {
      throw new EvidenceError("EVIDENCE_LOG_MISMATCH", `event ${streamVersion} comes after ${previous}`);
    }
    previous = streamVersion;
  }
}

function checkShape(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (error instanceof PartShapeError) throw new EvidenceError("EVIDENCE_INPUT_INVALID", error.message);
    throw error;
  }
}
