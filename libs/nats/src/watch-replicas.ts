import type { StreamInfo } from "@nats-io/jetstream";
import type { Broker } from "./broker.ts";
import { channelStream, type Names } from "./subjects.ts";

/** A server whose copies of the log are behind or away. */
export interface BehindServer {
  readonly server: string;
  readonly shards: number;
  /** For how long at least. */
  readonly forMs: number;
}

/** Follows whether each member of the log's groups keeps up with its leader. */
export interface ReplicaWatch {
  /** A member of the shard's group is behind, or was a moment ago: it may answer reads with what was true before. */
  isSuspect(shard: number): boolean;
  /** For longer than ten seconds. */
  behind(): readonly BehindServer[];
  stop(): void;
}

/** A member of a stream's group beside its leader, as the leader sees it. */
export interface Member {
  readonly name: string;
  readonly current: boolean;
  readonly offline?: boolean;
  /** Operations that it lacks. */
  readonly lag?: number;
}

const lookEveryMs = 2_000;
const lookWithinMs = 1_500;
/** A member that was cut off answers from the past for up to eight seconds after it is back, also when its leader calls it current. */
const suspectForMs = 10_000;
const reportAfterMs = 10_000;
/** A stream of one copy is looked at again in case it gets more. */
const aloneEveryMs = 60_000;

/** Watches the log of a region over one connection. */
export function watchReplicas(broker: Broker, names: Names): ReplicaWatch {
  const shards = Array.from({ length: names.shards }, (_, shard) => new MemberWatch(channelStream(names, shard)));
  let busy = false;
  const look = (): void => {
    if (busy || !broker.ready()) return;
    busy = true;
    void Promise.all(shards.map((shard) => shard.look(broker))).finally(() => (busy = false));
  };
  const timer = setInterval(look, lookEveryMs).unref();
  look();
  return {
    isSuspect: (shard) => shards[shard]?.isSuspect(performance.now()) ?? false,
    behind() {
      const nowMs = performance.now();
      const servers = new Map<string, BehindServer>();
      for (const { server, forMs } of shards.flatMap((shard) => shard.behind(nowMs))) {
        if (forMs < reportAfterMs) continue;
        const known = servers.get(server) ?? { server, shards: 0, forMs: 0 };
        servers.set(server, { server, shards: known.shards + 1, forMs: Math.max(known.forMs, forMs) });
      }
      return [...servers.values()];
    },
    stop: () => clearInterval(timer),
  };
}

/** What the looks at one stream's group have told so far. Times are those of one monotonic clock. */
export class MemberWatch {
  readonly #stream: string;
  readonly #since = new Map<string, number>();
  #lastSequence: number | null = null;
  #suspectUntilMs = 0;
  #nextLookMs = 0;

  constructor(stream: string) {
    this.#stream = stream;
  }

  isSuspect(nowMs: number): boolean {
    return nowMs < this.#suspectUntilMs;
  }

  behind(nowMs: number): { readonly server: string; readonly forMs: number }[] {
    return [...this.#since].map(([server, sinceMs]) => ({ server, forMs: nowMs - sinceMs }));
  }

  async look(broker: Broker): Promise<void> {
    if (performance.now() < this.#nextLookMs) return;
    try {
      const { cluster, state, config } = await broker.api<StreamInfo>(
        `STREAM.INFO.${this.#stream}`,
        undefined,
        lookWithinMs,
      );
      if (config.num_replicas === 1) this.#nextLookMs = performance.now() + aloneEveryMs;
      this.note(cluster?.replicas ?? [], state.last_seq, performance.now());
    } catch {
      // Without a leader nothing is known of anyone.
      this.#suspectUntilMs = performance.now() + suspectForMs;
    }
  }

  note(members: readonly Member[], lastSequence: number, nowMs: number): void {
    // What was stored since the last look may be on its way; what is older should have arrived.
    const onItsWay = lastSequence - (this.#lastSequence ?? lastSequence);
    this.#lastSequence = lastSequence;
    const behind = members.filter(({ current, offline = false, lag = 0 }) => !current || offline || lag > onItsWay);
    const names = new Set(behind.map(({ name }) => name));
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
    for (const name of names) if (!this.#since.has(name)) this.#since.set(name, nowMs);
    if (names.size > 0) this.#suspectUntilMs = nowMs + suspectForMs;
  }
}
