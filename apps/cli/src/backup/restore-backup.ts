import { inspectStreams, restoreStream, type Broker, type SnapshotHead, type StreamReport } from "@p4/nats";
import { CliError } from "../cli-error.ts";
import { compareStates, type ComparisonReport } from "../operator/compare-states.ts";
import { firstSequences } from "../operator/first-sequences.ts";
import { readStateHashes } from "../operator/state-hashes.ts";
import { Progress } from "../progress.ts";
import type { VerbContext } from "../verb.ts";
import { readSnapshot, statesFile, type Manifest } from "./backup-folder.ts";
import { openLog } from "./open-log.ts";

/** What is still to be made at the broker: a restore that broke off left whole streams, or none. */
export interface RestorePlan {
  readonly wanted: readonly SnapshotHead[];
  /** Restored before. */
  readonly there: readonly string[];
}

/**
 * Compares the broker with the backup. Throws a CliError where the broker holds anything of the region that a restore of this
 * backup has not made.
 */
export async function planRestore(broker: Broker, { region, streams }: Manifest): Promise<RestorePlan> {
  const found = new Map((await inspectStreams(broker, region)).map((report) => [report.stream, report]));
  const heads = streams.map(({ head }) => head);
  const there = heads.filter((head) => isRestored(head, found.get(head.config.name))).map(({ config }) => config.name);
  const others = [...found.keys()].filter((stream) => !there.includes(stream));
  if (others.length > 0) {
    const nextStep = "Restore into a broker that holds nothing of this region, before any app starts there.";
    const message = `the broker has streams of region ${region} of its own: ${others.join(", ")}`;
    throw new CliError("failed", message, nextStep, "TARGET_NOT_EMPTY");
  }
  return { wanted: heads.filter(({ config }) => !there.includes(config.name)), there };
}

/**
 * Some of its messages may have left with their age since. Where keys elapse the broker writes down each one that has, so such
 * a stream goes on by itself.
 */
function isRestored({ config, state }: SnapshotHead, found: StreamReport | undefined): boolean {
  if (found === undefined || found.messages > state.messages) return false;
  const goesOn = (config.subject_delete_marker_ttl ?? 0) > 0;
  return goesOn ? found.lastSequence >= state.last_seq : found.lastSequence === state.last_seq;
}

/** Makes the streams, one after the other. `replicas`: of each, instead of as many as there were. */
export async function restoreStreams(
  { progress, signal }: Pick<VerbContext, "progress" | "signal">,
  broker: Broker,
  folder: string,
  { plan, replicas }: { readonly plan: RestorePlan; readonly replicas: number | null },
): Promise<void> {
  const counter = new Progress({ progress }, "kB");
  async function* counted(stream: string) {
    for await (const chunk of readSnapshot(folder, stream)) {
      signal.throwIfAborted();
      yield chunk;
      counter.add(Math.ceil(chunk.length / 1_000));
    }
  }
  for (const { config, state } of plan.wanted) {
    const wanted = replicas === null ? config : { ...config, num_replicas: replicas };
    await restoreStream(broker, { config: wanted, state }, counted(config.name));
  }
}

/** Folds each channel of the restored log, and compares with what it was when it was saved. */
export async function verifyRestored(
  { progress, signal }: Pick<VerbContext, "progress" | "signal">,
  broker: Broker,
  folder: string,
  { manifest, concurrency }: { readonly manifest: Manifest; readonly concurrency: number },
): Promise<ComparisonReport> {
  const { states } = await readStateHashes(statesFile(folder));
  const counter = new Progress({ progress }, "channels", manifest.channels);
  const { region, shards } = manifest;
  const compared = { log: openLog(broker, manifest), shards, firstSequences: () => firstSequences(broker, region) };
  return compareStates(compared, states, { concurrency, progress: counter, signal });
}
