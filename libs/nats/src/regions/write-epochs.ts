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

export interface WriteEpochsOptions {
  /** Called when an append has found that there is no home here. */
  readonly onHomeMoved?: () => void;
  /** How long an epoch may still be written in; default: nothing limits it. */
  readonly leaseLeftMs?: (epoch: number) => number;
}

/**
 * The epoch that each shard's writes bear. Known from the region's table, or found when a stream does not listen: then it
 * says itself which epoch it has.
 */
export class WriteEpochs {
  readonly #onHomeMoved: () => void;
  readonly #leaseLeftMs: (epoch: number) => number;
  readonly #known = new Map<number, number>();
  #all = noEpoch;

  constructor({ onHomeMoved = () => undefined, leaseLeftMs = () => Infinity }: WriteEpochsOptions = {}) {
    this.#onHomeMoved = onHomeMoved;
    this.#leaseLeftMs = leaseLeftMs;
  }

  /**
   * Before an append is sent, and once more before it counts: what a home stores after its lease is acknowledged by no one.
   *
   * @throws StoreError STORE_LEASE_OVER
   */
  assertLease(epoch: number): void {
    if (epoch === noEpoch || this.#leaseLeftMs(epoch) > 0) return;
    this.#onHomeMoved();
    throw new StoreError("STORE_LEASE_OVER", `epoch ${epoch}`);
  }

  of(shard: number): number {
    return this.#known.get(shard) ?? this.#all;
  }

  /** The region's home has begun this epoch in all shards. */
  begin(epoch: number): void {
    this.#all = epoch;
    this.#known.clear();
  }

  /** Why nothing listens for this epoch: another one was found and noted (`isStaleEpoch`), or there is no home here. */
  async explainNoResponders(
    broker: Broker,
    { shard, stream, eventSubject }: ChannelAddress,
    epoch: number,
  ): Promise<Error> {
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

/** The epoch has changed meanwhile, and is known now: the append has reached no stream, and may be tried once more. */
export function isStaleEpoch(error: unknown): boolean {
  return error instanceof StaleEpoch;
}
