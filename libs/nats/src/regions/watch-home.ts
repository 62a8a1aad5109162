import type { Broker } from "../broker.ts";
import { streamConfig } from "../ensure-stream.ts";
import { channelStream, createNames } from "../subjects.ts";
import { roleOfStream } from "./stream-role.ts";

export interface HomeWatchOptions {
  readonly region: string;
  readonly shards: number;
  /** The home has left this site: called once. */
  readonly onMoved: () => void;
}

export interface HomeWatch {
  /**
   * Why nothing can be served from here any more; null: this site is the home, or the broker has not said otherwise yet.
   * It stays: should the home come back, the log may lack events that this process has in its memory.
   */
  readonly trouble: string | null;
  stop(): void;
}

const askEveryMs = 500;

/**
 * Whether the region's home is still at the broker's site. Where it is not, a node would show its wallets nothing of what
 * happens at the new one. The first shard tells: a move takes all of them.
 */
export function watchHome(broker: Broker, { region, shards, onMoved }: HomeWatchOptions): HomeWatch {
  const stream = channelStream(createNames(region, shards), 0);
  let trouble: string | null = null;
  let busy = false;
  const ask = async (): Promise<void> => {
    const config = await streamConfig(broker, stream, askEveryMs);
    if (config === undefined) return;
    const { kind } = roleOfStream(config);
    if (kind !== "copy" && kind !== "fenced") return;
    clearInterval(timer);
    trouble = "the region's home has moved to another site";
    onMoved();
  };
  const timer = setInterval(() => {
    if (busy || !broker.ready()) return;
    busy = true;
    // A broker that does not answer says nothing of the home; its health is watched elsewhere.
    void ask()
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, askEveryMs).unref();
  return {
    get trouble() {
      return trouble;
    },
    stop: () => clearInterval(timer),
  };
}
