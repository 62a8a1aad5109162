import type { Config } from "@p4/config";
import type { ChannelNode } from "@p4/app";

/** What an operator works on: the log, and how the system around it is set up. */
export interface Operator {
  readonly node: ChannelNode;
  readonly config: Config;
  readonly address: {
    /** Base URLs of the broker's monitoring ports, where they are known: they alone tell whether writes are synced. */
    readonly monitorUrls: readonly string[];
    /** Of the development miner, which has the block headers of its own little chain; null: none. */
    readonly minerUrl: string | null;
  };
}
