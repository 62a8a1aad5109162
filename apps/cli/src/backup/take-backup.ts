import { isLogError, machineVersion } from "@p4/channel";
import { assertLog, inspectStreams, isCopied, listChannels, snapshotStream, type Broker } from "@p4/nats";
import { sha256Hex } from "@p4/node-crypto";
import { foldChannel, forEachConcurrently } from "@p4/read-models";
import { rm } from "node:fs/promises";
import { CliError } from "../cli-error.ts";
import { foldedState } from "../operator/refold-all.ts";
import { StateHashesWriter } from "../operator/state-hashes.ts";
import { Progress } from "../progress.ts";
import type { VerbContext } from "../verb.ts";
import { createBackupFolder, finishBackup, sha256OfFile, statesFile, writeSnapshot } from "./backup-folder.ts";
import type { Manifest, SavedStream } from "./backup-folder.ts";
import { openLog } from "./open-log.ts";

export interface BackupReport extends Pick<Manifest, "region" | "shards" | "madeAt" | "channels"> {
  readonly folder: string;
  readonly sizeBytes: number;
  readonly streams: number;
  /** Channels whose log does not hold together: they are in the backup as they are. */
  readonly damaged: readonly string[];
  /** Channels that have lost their first events to the log's age: no damage. */
  readonly aging: number;
}

interface BackupOptions {
  readonly region: string;
  readonly shards: number;
  readonly folder: string;
  readonly concurrency: number;
}

const logFirst = (stream: string): number => (stream.startsWith("P4_CHANNELS_") ? 0 : 1);

/**
 * Saves the log, then all that goes with it, while both are written to: what the log points to is stored before it and
 * saved after it. Nothing is left of a backup that breaks off by an error. Throws CliError and StoreError.
 */
export async function takeBackup(
  context: Pick<VerbContext, "progress" | "signal">,
  broker: Broker,
  options: BackupOptions,
): Promise<BackupReport> {
  const { region, shards, folder } = options;
  await assertLog(broker, { region, shards });
  const unfinished = await createBackupFolder(folder);
  try {
    const saved = await saveStreams(context, broker, region, unfinished);
    const madeAt = new Date().toISOString();
    const { channels, damaged, aging } = await saveStates(context, broker, options, { unfinished, saved, madeAt });
    const statesSha256 = await sha256OfFile(statesFile(unfinished));
    const head = { region, shards, machineVersion: machineVersion(sha256Hex), madeAt, channels };
    await finishBackup(unfinished, folder, { ...head, statesSha256, streams: saved });
    const sizeBytes = saved.reduce((sum, each) => sum + each.sizeBytes, 0);
    return { folder, region, shards, madeAt, channels, damaged, aging, sizeBytes, streams: saved.length };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function saveStreams(
  { progress, signal }: Pick<VerbContext, "progress" | "signal">,
  broker: Broker,
  region: string,
  folder: string,
): Promise<SavedStream[]> {
  const streams = (await inspectStreams(broker, region)).map(({ stream }) => stream);
  const wanted = streams.filter((stream) => isCopied(stream, region)).sort((a, b) => logFirst(a) - logFirst(b));
  const counter = new Progress({ progress }, "kB");
  const saved: SavedStream[] = [];
  for (const stream of wanted) {
    const save = await writeSnapshot(folder, stream, (write) =>
      snapshotStream(broker, stream, async (chunk) => {
        signal.throwIfAborted();
        await write(chunk);
        counter.add(Math.ceil(chunk.length / 1_000));
      }),
    );
    if (save.head.config.mirror !== undefined) {
      const nextStep = "Name the servers of the region's home in P4_NATS_URL: `p4 region status` shows where it is.";
      throw new CliError("misuse", `${stream} is a copy of the home's stream`, nextStep, "NOT_AT_HOME");
    }
    saved.push(save);
  }
  return saved;
}

/** Folds each channel up to where its shard's snapshot ends: what a restored log has to fold to. */
async function saveStates(
  { progress, signal }: Pick<VerbContext, "progress" | "signal">,
  broker: Broker,
  { region, shards, concurrency }: BackupOptions,
  { unfinished, saved, madeAt }: { unfinished: string; saved: readonly SavedStream[]; madeAt: string },
): Promise<Pick<BackupReport, "channels" | "damaged" | "aging">> {
  const log = openLog(broker, { region, shards });
  const ends = new Map(saved.map(({ head }) => [head.config.name, head.state.last_seq]));
  const counter = new Progress({ progress }, "channels");
  const head = { region, machineVersion: machineVersion(sha256Hex), madeAt };
  const states = await StateHashesWriter.open(statesFile(unfinished), head);
  const damaged: string[] = [];
  let [channels, aging] = [0, 0];
  try {
    await forEachConcurrently(listChannels(broker, { region, shards }), concurrency, async ({ channelId, shard }) => {
      signal.throwIfAborted();
      const upToVersion = ends.get(`P4_CHANNELS_${region}_${String(shard)}`) ?? 0;
      try {
        const channel = await foldChannel(log, channelId, { upToVersion, consistent: true });
        // Opened after its shard was saved.
        if (channel.streamVersion === 0) return;
        states.add(foldedState(channelId, channel));
        channels++;
      } catch (error) {
        if (!isLogError(error)) throw error;
        if (error.code === "LOG_BEGINNING_GONE") aging++;
        else damaged.push(channelId);
      }
      counter.add();
    });
    await states.finish();
  } catch (error) {
    await states.abandon();
    throw error;
  }
  return { channels, damaged, aging };
}
