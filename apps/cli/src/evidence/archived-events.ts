import { isStoreError, type ReadOptions, type StoredEvent } from "@p4/event-store";
import { verifyEvidence } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { openArchive, type ArchiveRecord } from "@p4/operator";
import { CliError } from "../cli-error.ts";
import type { Operator } from "../operator/with-node.ts";
import type { VerbContext } from "../verb.ts";
import { knownOperatorKeys } from "./key-file.ts";

/** Brokers that were set up before there was an archive have none. */
export async function archiveRecordOf(operator: Operator, channelId: string): Promise<ArchiveRecord | null> {
  try {
    return await openArchive(operator).record(channelId);
  } catch (error) {
    if (isStoreError(error, "STORE_MISSING")) return null;
    throw error;
  }
}

/** The events that were archived, where their evidence holds. Throws a CliError where it does not. */
export async function archivedEvents(
  context: Pick<VerbContext, "terminal" | "env" | "progress">,
  operator: Operator,
  record: ArchiveRecord,
  { afterVersion = 0, upToMs = Infinity, maxEvents }: ReadOptions,
): Promise<StoredEvent[]> {
  const { channelId } = record;
  const bytes = await openArchive(operator).get(record);
  const knownKeys = await knownOperatorKeys(context);
  const { verdict, file } = verifyEvidence(bytes, { crypto: nodeCrypto, knownKeys });
  if (verdict === "fails" || file === null) {
    const nextStep = `p4 evidence fetch ${channelId}, then p4 evidence verify, says what is wrong.`;
    throw new CliError("failed", `the archived evidence of ${channelId} does not hold`, nextStep, "ARCHIVE_DAMAGED");
  }
  if (verdict === "unknown-key") {
    context.terminal.err(`a key signed it, whose it is, is not known here: ${file.signature.value.publicKey}`);
  }
  return file.events
    .map(({ value }) => value)
    .filter(({ streamVersion, storedAtMs }) => streamVersion > afterVersion && storedAtMs <= upToMs)
    .slice(0, maxEvents)
    .map(({ text, ...event }) => ({ ...event, channelId, bytes: encoder.encode(text) }));
}

const encoder = new TextEncoder();
