import { StoreError, type ScannedEvent } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { directPage } from "./direct-get.ts";
import { channelIdOf, channelStream, type Names } from "./subjects.ts";

const pageSize = 500;

interface StreamState {
  readonly state: { readonly first_seq: number; readonly last_seq: number };
}

/** Reads one shard page by page and checks by the sequences that nothing is missing between them. */
export class ShardReader {
  readonly #broker: Broker;
  readonly #stream: string;
  readonly #shard: number;
  #position: number;

  constructor(broker: Broker, names: Names, shard: number, position: number) {
    this.#broker = broker;
    this.#stream = channelStream(names, shard);
    this.#shard = shard;
    this.#position = position;
  }

  /** The last sequence that was read. */
  get position(): number {
    return this.#position;
  }

  /** The next events; none at the end as far as the answering replica knows. */
  async next(): Promise<ScannedEvent[]> {
    const { messages, pending } = await directPage(this.#broker, this.#stream, {
      seq: this.#position + 1,
      next_by_subj: ">",
      batch: pageSize,
    });
    const events: ScannedEvent[] = [];
    for (const [i, { subject, seq, storedAtMs, bytes }] of messages.entries()) {
      if (seq !== this.#position + 1) await this.#assertTrimmed(seq);
      this.#position = seq;
      const behind = pending + messages.length - 1 - i;
      const channelId = channelIdOf(subject);
      events.push({ channelId, streamVersion: seq, storedAtMs, bytes, shard: this.#shard, pending: behind });
    }
    return events;
  }

  /** The stream's last sequence, by its leader. Moves the position over what has gone with age. */
  async end(): Promise<number> {
    const { first_seq, last_seq } = await this.#state();
    this.#position = Math.max(this.#position, first_seq - 1);
    return last_seq;
  }

  /** Nothing is ever deleted inside the log; only its head goes with age. Any other hole is damage. */
  async #assertTrimmed(found: number): Promise<void> {
    if ((await this.#state()).first_seq >= found) return;
    throw new StoreError("STORE_DAMAGED", `${this.#stream}: sequences ${this.#position + 1} to ${found - 1}`);
  }

  async #state(): Promise<StreamState["state"]> {
    return (await this.#broker.api<StreamState>(`STREAM.INFO.${this.#stream}`)).state;
  }
}
