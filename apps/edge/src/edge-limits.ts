import { byteRates, type Config } from "@p4/config";
import type { ByteRates } from "@p4/http";

/** What one channel, one connection and one address may have; what a whole node may hold is `NodeMemory`'s. */
export interface EdgeLimits extends ByteRates {
  readonly maxMessageBytes: number;
  /** What waits for a slow wallet before its socket is closed with 4290. */
  readonly maxQueuedBytes: number;
  /** A channel has few parties: one merchant, the customers' devices. */
  readonly maxSocketsPerChannel: number;
  /** Who only watches does it over HTTP. */
  readonly maxListenersPerChannel: number;
  /** What the log of a channel may hold before only answers are taken; customers have half, one of them a quarter. */
  readonly maxChannelBytes: number;
  /** Messages of one connection that may wait to be stored. */
  readonly maxInFlightPerConnection: number;
  /** Their bytes: a frame is kept until its event is stored. One message alone may have more. */
  readonly maxInFlightBytesPerConnection: number;
}

export function edgeLimits({ maxMessageBytes }: Pick<Config, "maxMessageBytes">): EdgeLimits {
  const fewMessagesBytes = Math.max(65_536, 4 * maxMessageBytes);
  return {
    maxMessageBytes,
    maxQueuedBytes: fewMessagesBytes,
    maxSocketsPerChannel: 64,
    maxListenersPerChannel: 1_000,
    maxChannelBytes: 16 * 1_048_576,
    maxInFlightPerConnection: 256,
    maxInFlightBytesPerConnection: fewMessagesBytes,
    ...byteRates,
  };
}
