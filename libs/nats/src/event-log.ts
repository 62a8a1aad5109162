import { shardOf, type EventLog } from "@p4/event-store";
import { AppendQueue } from "./append-queue.ts";
import { appenderTo } from "./append.ts";
import type { Broker } from "./broker.ts";
import type { GroupCommitMode } from "./group-commit.ts";
import { readStream } from "./read-stream.ts";
import { WriteEpochs } from "./regions/write-epochs.ts";
import { scan } from "./scan.ts";
import { streamVersions } from "./stream-versions.ts";
import { createNames } from "./subjects.ts";

export interface EventLogOptions {
  readonly region: string;
  /** As provisioned. */
  readonly shards: number;
  /** Of the region's home, where it may move; without it the log finds its epochs itself. */
  readonly epochs?: WriteEpochs;
  /** Whether a member of the shard may answer from the past: it is then read as its leader has it. Default: none ever may. */
  readonly isSuspect?: (shard: number) => boolean;
  /** How appends that wait for one stream leave; default: adaptive. */
  readonly groupCommit?: GroupCommitMode;
}

/** The event log on JetStream: one subject per channel, guarded by the subject's last sequence. */
export function createEventLog(broker: Broker, options: EventLogOptions): EventLog {
  const names = createNames(options.region, options.shards);
  const { epochs = new WriteEpochs(), isSuspect = () => false, groupCommit = "adaptive" } = options;
  const queues = Array.from({ length: names.shards }, () => new AppendQueue(broker, groupCommit));
  return {
    appendToStream: appenderTo({ broker, names, epochs, queueOf: (shard) => queues[shard] as AppendQueue }),
    readStream: (channelId, readOptions) =>
      isSuspect(shardOf(channelId, names.shards))
        ? readStream(broker, names, channelId, { ...readOptions, consistent: true })
        : readStream(broker, names, channelId, readOptions),
    streamVersions: (channelIds) => streamVersions(broker, names, channelIds, isSuspect),
    scan: (scanOptions = {}) => scan(broker, names, scanOptions),
  };
}
