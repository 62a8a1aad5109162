import { StoreError } from "@p4/event-store";
import { noEpoch } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { streamConfig } from "../ensure-stream.ts";
import type { ChannelAddress } from "../subjects.ts";
import { homeMoved, roleOfStream } from "./stream-role.ts";

/** The append was made in an epoch that the stream has left, so it is stored nowhere. */
class StaleEpoch extends StoreError {
  constructor(detail: string) {
    super("STORE_HOME_MOVED", detail);
  }
}

const askWithinMs = 500;

/**
 * The epoch that each shard's writes bear. Known from the region's table, or found when a stream does not listen: then it
 * says itself which epoch it has.
 */
export class WriteEpochs {
  readonly #onHomeMoved: () => void;
  readonly #known = new Map<number, number>();
  #all = noEpoch;

  /** @param onHomeMoved called when an append has found that there is no home here */
  constructor(onHomeMoved: () => void = () => undefined) {
    this.#onHomeMoved = onHomeMoved;
  }

  of(shard: number): number {
    return this.#known.get(shard) ?? this.#all;
  }

  /** The region's home has begun this epoch in all shards. */
  begin(epoch: number): void {
    this.#all = epoch;
    this.#known.clear();
  }

  /** Why nothing listens for this epoch: another one was found and noted (`retryInNewEpoch` goes on), or there is no home here. */
  async explainSilence(broker: Broker, { shard, stream, eventSubject }: ChannelAddress, epoch: number): Promise<Error> {
    try {
      const config = await streamConfig(broker, stream, askWithinMs);
      if (config === undefined) return new StoreError("STORE_MISSING", stream);
      const role = roleOfStream(config);
      if (role.kind === "copy" || role.kind === "fenced") {
        this.#onHomeMoved();
        return homeMoved(stream, role, broker.url);
      }
      const found = role.kind === "home" ? role.epoch : noEpoch;
      if (found === epoch) return broker.noResponders(eventSubject);
      this.#known.set(shard, found);
      return new StaleEpoch(`${stream} has epoch ${found}, not ${epoch}`);
    } catch (error) {
      return error as Error;
    }
  }
}

/** Tries again once after the epoch has changed: the first try has reached no stream. */
export async function retryInNewEpoch<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StaleEpoch)) throw error;
    return work();
  }
}
