import { isLogError } from "@p4/channel";
import { foldChannel } from "@p4/read-models";
import { openArchive, type ArchiveRecord, type Hold } from "./archive.ts";
import { openKeyFile, operatorKeyPath } from "./key-file.ts";
import { evidenceMaker } from "./make-evidence.ts";
import { isOperatorError, OperatorError } from "./operator-error.ts";
import type { Operator } from "./operator.ts";
import { unknownChannel } from "./unknown-channel.ts";

/**
 * Keeps a channel for as long as a dispute takes. The hold first: from then on nothing deletes an archived file of the
 * channel, also while the new one is written.
 *
 * @param tell lines for the operator, such as that a key was made
 * @throws OperatorError CHANNEL_UNKNOWN, or why it is held but could not be archived
 */
export async function holdChannel(
  operator: Operator,
  { channelId, reason }: Pick<Hold, "channelId" | "reason">,
  tell: (line: string) => void,
): Promise<Hold & { readonly archived: ArchiveRecord | null }> {
  const archive = openArchive(operator);
  const isKnown = (await operator.node.log.streamVersions([channelId])).has(channelId);
  if (!isKnown && (await archive.record(channelId)) === null) throw unknownChannel(channelId);
  const hold = await archive.addHold({ channelId, reason, heldAtMs: Date.now() });
  const archived = isKnown ? await archiveNow(operator, channelId, tell) : await archive.record(channelId);
  return { ...hold, archived };
}

async function archiveNow(
  operator: Operator,
  channelId: string,
  tell: (line: string) => void,
): Promise<ArchiveRecord | null> {
  const archive = openArchive(operator);
  const before = await archive.record(channelId);
  try {
    const { streamVersion } = await foldChannel(operator.node.log, channelId, { consistent: true });
    if (before?.streamVersion === streamVersion) return before;
    const key = await openKeyFile(operatorKeyPath(operator.config), tell);
    const maker = await evidenceMaker(operator, key);
    return await archive.put(await maker.make(channelId), Date.now());
  } catch (error) {
    if (!isLogError(error) && !(isOperatorError(error) && error.kind === "failed")) throw error;
    const what = before === null ? "it could not be archived" : "what was archived before stays, nothing newer";
    const nextStep = "The log itself will lose it with its age: save a backup of its stream.";
    throw new OperatorError("failed", `the hold is noted, but ${what}: ${error.message}`, nextStep, error.code);
  }
}
