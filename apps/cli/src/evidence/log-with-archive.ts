import { verifyEvidence } from "@p4/evidence";
import { isStoreError, type EventLog, type ReadOptions, type StoredEvent } from "@p4/event-store";
import { nodeCrypto } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import { timeText } from "../human.ts";
import type { Operator } from "../operator/with-node.ts";
import type { VerbContext } from "../verb.ts";
import { knownOperatorKeys } from "./key-file.ts";
import { openArchive, type ArchiveRecord } from "@p4/operator";

/** Reads a channel from the log, and one that has left the log with its age from the archive; says so then. */
export function logWithArchive(
  context: Pick<VerbContext, "terminal" | "env" | "progress">,
  operator: Operator,
): Pick<EventLog, "readStream"> {
  return {
    async readStream(channelId, options = {}) {
      const events = await operator.node.log.readStream(channelId, options);
      if (events.length > 0) return events;
      // With a limit in time, an empty answer may also mean that the channel had not begun.
      if ((await operator.node.log.streamVersions([channelId])).has(channelId)) return events;
      const record = await recordOf(operator, channelId);
      if (record === null) return events;
      context.terminal.err(
        `channel ${channelId} has left the log: this is the archive of ${timeText(record.archivedAtMs)}`,
      );
      return archivedEvents(context, operator, record, options);
    },
  };
}

/** Brokers that were set up before there was an archive have none. */
async function recordOf(operator: Operator, channelId: string): Promise<ArchiveRecord | null> {
  try {
    return await openArchive(operator).record(channelId);
  } catch (error) {
    if (isStoreError(error, "STORE_MISSING")) return null;
    throw error;
  }
}

async function archivedEvents(
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
