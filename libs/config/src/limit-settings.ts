import { addressRange, integer, manyOf, sizeBytes } from "./parsers.ts";
import { optional, required } from "./setting.ts";

/** What wallets and strangers may make a server hold, and how fast. */
export const limitSettings = {
  maxMessageBytes: required(
    "P4_MAX_MESSAGE_BYTES",
    "1MB",
    sizeBytes(1_024, 64 * 1_048_576),
    ["edge"],
    "Largest message that a wallet may send",
  ),
  maxHeldBytes: optional(
    "P4_MAX_HELD_BYTES",
    sizeBytes(1_048_576, 1_099_511_627_776),
    ["edge"],
    "What channels, messages on their way and send queues may hold of an edge's memory; without it a quarter of the heap that Node.js allows",
  ),
  maxConnections: required(
    "P4_MAX_CONNECTIONS",
    "100000",
    integer(1, 10_000_000),
    ["edge"],
    "WebSockets and event streams in total; the next gets 503",
  ),
  maxConnectionsPerIp: required(
    "P4_MAX_CONNECTIONS_PER_IP",
    "10000",
    integer(1, 10_000_000),
    ["edge"],
    "WebSockets and event streams of one address (IPv6: one /64); the next gets 429",
  ),
  joinRatePerIp: required(
    "P4_JOIN_RATE_PER_IP",
    "2000",
    integer(1, 1_000_000),
    ["edge"],
    "Joins of one address (IPv6: one /64) a second, twice as many at once; the next gets 429, and an address that goes on is cut off for 2 s",
  ),
  trustedProxies: optional(
    "P4_TRUSTED_PROXIES",
    manyOf(addressRange),
    ["edge", "proof-ingest"],
    "Proxies in front: from them alone X-Forwarded-For is believed, so that limits count the client's address",
  ),
} as const;
