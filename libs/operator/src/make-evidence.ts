import { LogError, stateName, timelineOf, type ChannelStateName } from "@p4/channel";
import { copyClassText, createEvidence, isEvidenceError, type DurabilityClass, type EvidenceEvent } from "@p4/evidence";
import { shardOf, type StoredEvent } from "@p4/event-store";
import { durabilityClass } from "@p4/nats";
import { nodeCrypto, sha256Hex } from "@p4/node-crypto";
import { OperatorError } from "./operator-error.ts";
import { explainFailure } from "./explain-failure.ts";
import type { Operator } from "./operator.ts";
import { blockFinder } from "./find-blocks.ts";
import { packageVersion } from "./version.ts";
import type { SigningKey } from "./key-file.ts";

/** An evidence file that has been made, not yet written. */
export interface MadeEvidence {
  readonly channelId: string;
  readonly text: string;
  readonly eventCount: number;
  readonly state: ChannelStateName;
  readonly streamVersion: number;
  readonly headHash: string;
  readonly durability: DurabilityClass;
  /** The classes of copies that its events state, as text; null: none. */
  readonly copies: string | null;
  /** Headers that are in it. */
  readonly blocks: number;
  /** Headers that could not be had: the file is whole, but proves less. */
  readonly missingBlocks: readonly { readonly blockHash: string; readonly reason: string }[];
}

export interface EvidenceMaker {
  /** @throws OperatorError with the place, for a log that does not hold together; CHANNEL_UNKNOWN */
  make(channelId: string): Promise<MadeEvidence>;
}

export interface EvidenceMakerOptions {
  /** Further monitoring ports; that of the broker which runs here is known. */
  readonly monitorUrls?: readonly string[];
}

/** Makes evidence of many channels: the broker is asked for its durability once. */
export async function evidenceMaker(
  { node, config, address }: Operator,
  { privateKeyHex }: SigningKey,
  { monitorUrls = [] }: EvidenceMakerOptions = {},
): Promise<EvidenceMaker> {
  const { region, shards } = config;
  const monitoringUrls = [...address.monitorUrls, ...monitorUrls];
  const durability = await durabilityClass(node.broker, { region, shards, monitoringUrls });
  const findBlock = blockFinder({ ...config, minerUrl: config.minerUrl ?? address.minerUrl });
  return {
    async make(channelId) {
      try {
        const events = (await node.log.readStream(channelId, { consistent: true })).map(evidenceEvent);
        if (events.length === 0) throw unknownChannel(channelId);
        const { channel, entries } = timelineOf(events, sha256Hex);
        const hashes = entries.flatMap(({ event }) =>
          event.type === "ProofRecorded" && event.data.proof.blockHash !== null ? [event.data.proof.blockHash] : [],
        );
        const answers = await Promise.all([...new Set(hashes)].map(findBlock));
        const blocks = answers.flatMap((answer) => (answer.kind === "found" ? [answer.block] : []));
        const text = createEvidence({
          channelId,
          region,
          shard: shardOf(channelId, shards),
          durability,
          softwareVersion: `p4 ${packageVersion}`,
          exportedAtMs: Date.now(),
          events,
          blocks,
          operatorPrivateKeyHex: privateKeyHex,
          crypto: nodeCrypto,
        });
        return {
          channelId,
          text,
          eventCount: events.length,
          state: stateName(channel.snapshot),
          streamVersion: channel.streamVersion,
          headHash: channel.headHash,
          durability,
          copies: copyClassText(entries),
          blocks: blocks.length,
          missingBlocks: answers.flatMap((answer) => (answer.kind === "missing" ? [answer] : [])),
        };
      } catch (error) {
        throw explainEvidenceFailure(error, channelId);
      }
    },
  };
}

/** Strictly: a lenient decoder would turn broken bytes into a text that the log never held. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function evidenceEvent({ streamVersion, storedAtMs, bytes }: StoredEvent): EvidenceEvent {
  try {
    return { streamVersion, storedAtMs: Math.trunc(storedAtMs), text: decoder.decode(bytes) };
  } catch {
    throw new LogError("LOG_EVENT_CORRUPT", streamVersion, "the stored bytes are not UTF-8");
  }
}

function explainEvidenceFailure(error: unknown, channelId: string): unknown {
  if (!isEvidenceError(error)) return explainFailure(error, channelId);
  return new OperatorError("failed", `channel ${channelId}: ${error.message}`, null, error.code);
}

function unknownChannel(channelId: string): OperatorError {
  const nextStep = `\`p4 channels\` lists them; \`p4 evidence fetch ${channelId}\` looks in the archive.`;
  return new OperatorError("failed", `there is no channel ${channelId} in this log`, nextStep, "CHANNEL_UNKNOWN");
}
