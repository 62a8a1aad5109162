import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChannelSummary } from "@p4/channel";
import { evidenceHead } from "@p4/evidence";
import { forEachConcurrently } from "@p4/read-models";
import { nodeCrypto } from "@p4/node-crypto";
import { isCliError } from "../cli-error.ts";
import type { Progress } from "../progress.ts";
import { writeOutputFile } from "./input-output.ts";
import type { Archive, EvidenceMaker, MadeEvidence } from "@p4/operator";

/** Where archived channels go. */
export interface ArchiveTarget {
  /** The head of what it has of a channel; null when it has nothing usable. */
  archivedVersion(channelId: string): Promise<number | null>;
  /** Size of what was written. */
  write(made: MadeEvidence): Promise<number>;
}

export function storeTarget(archive: Archive): ArchiveTarget {
  return {
    archivedVersion: async (channelId) => (await archive.record(channelId))?.streamVersion ?? null,
    write: async (made) => (await archive.put(made, Date.now())).bytes,
  };
}

export function directoryTarget(dir: string): ArchiveTarget {
  const pathOf = (channelId: string): string => join(dir, `${channelId}.p4e`);
  return {
    async archivedVersion(channelId) {
      try {
        return evidenceHead(await readFile(pathOf(channelId)), nodeCrypto).streamVersion;
      } catch {
        // Missing, unreadable or damaged: it is written again.
        return null;
      }
    },
    async write({ channelId, text }) {
      await writeOutputFile(pathOf(channelId), text);
      return Buffer.byteLength(text);
    },
  };
}

export interface ArchiveReport {
  readonly archived: number;
  /** Those that the target has with this very head. */
  readonly unchanged: number;
  readonly bytes: number;
  /** Headers that are not in the files, since no source had them. The files prove less without. */
  readonly missingHeaders: number;
  /** The first of them, with the reason. */
  readonly firstMissing?: string;
  readonly failed: readonly { readonly channelId: string; readonly code: string; readonly message: string }[];
}

export interface ArchiveOptions {
  readonly concurrency: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Archives each channel that is not archived with this head. One that cannot be archived does not keep the others waiting. */
export async function archiveChannels(
  channels: AsyncIterable<Pick<ChannelSummary, "channelId" | "streamVersion">>,
  maker: EvidenceMaker,
  target: ArchiveTarget,
  { concurrency, progress, signal }: ArchiveOptions,
): Promise<ArchiveReport> {
  const failed: ArchiveReport["failed"][number][] = [];
  let [archived, unchanged, bytes, missingHeaders] = [0, 0, 0, 0];
  let firstMissing: string | undefined;
  await forEachConcurrently(channels, concurrency, async ({ channelId, streamVersion }) => {
    signal.throwIfAborted();
    try {
      if ((await target.archivedVersion(channelId)) === streamVersion) unchanged++;
      else {
        const made = await maker.make(channelId);
        const writtenBytes = await target.write(made);
        bytes += writtenBytes;
        archived++;
        missingHeaders += made.missingBlocks.length;
        firstMissing ??= made.missingBlocks.map(({ blockHash, reason }) => `${blockHash}: ${reason}`)[0];
      }
    } catch (error) {
      // An unreachable broker ends the run; a damaged channel is a finding.
      if (!isCliError(error) || error.kind === "unreachable" || error.code === "FILE_UNWRITABLE") throw error;
      failed.push({ channelId, code: error.code, message: error.message });
    }
    progress.add();
  });
  return {
    archived,
    unchanged,
    bytes,
    missingHeaders,
    ...(firstMissing === undefined ? {} : { firstMissing }),
    failed,
  };
}
