import { headerSource } from "./header-source.ts";
import { limitSettings } from "./limit-settings.ts";
import { natsSettings } from "./nats-settings.ts";
import {
  addressRange,
  durationMs,
  integer,
  linesOf,
  listOf,
  manyOf,
  matching,
  oneOf,
  onOff,
  orInFile,
  path,
  port,
} from "./parsers.ts";
import { appNames, inFile, optional, required } from "./setting.ts";
import { traceSettings } from "./trace-settings.ts";
import { httpUrl as http } from "./urls.ts";

const host = matching(
  /^[A-Za-z0-9.:_-]+$/,
  "a host name or an IP address to listen on, such as 127.0.0.1, 0.0.0.0 or ::",
);
const secretText = matching(/^\S{16,}$/, "at least 16 characters without spaces");
const joinSecret = matching(/^[^\s,]{16,}$/, "at least 16 characters without spaces and commas");
const publicKey = matching(
  /^(?:0[23][0-9a-fA-F]{64}|0[467][0-9a-fA-F]{128})$/,
  "a public key in SEC1 hex: 66 digits that start with 02 or 03, or 130 that start with 04",
);

/**
 * Every setting, in the order in which people read them: variables, then files of the data directory. The key is the name in
 * `Config`; a unit in the name is that of the value.
 */
export const schema = {
  host: required("P4_HOST", "127.0.0.1", host, ["all"], "Address that the servers listen on"),
  port: required("P4_PORT", "8445", port, ["edge"], "Port of the edge: WebSockets and HTTP bridge; 0 takes a free one"),
  proofPort: required("P4_PROOF_PORT", "8446", port, ["proof-ingest"], "Port for proof callbacks; 0 takes a free one"),
  paydPort: required("P4_PAYD_PORT", "8443", port, ["payd"], "Port of the merchant's wallet; 0 takes a free one"),
  minerPort: required("P4_MINER_PORT", "8444", port, ["miner"], "Port of the development miner; 0 takes a free one"),
  apps: required("P4_APPS", "all", listOf(...appNames), ["all"], "Which apps this process group runs"),
  demo: required("P4_DEMO", "on", onOff, ["all"], "Play one payment at the start and print its timeline"),
  logLevel: required(
    "P4_LOG_LEVEL",
    "info",
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    ["all"],
    "Least severe log lines written",
  ),
  dataDir: required(
    "P4_DATA_DIR",
    "./data",
    path,
    ["all"],
    "Directory of what this machine keeps: the embedded broker's store, the chain, keys, the log file",
  ),

  ...natsSettings,
  region: required(
    "P4_REGION",
    "local",
    matching(/^[a-z0-9-]{1,32}$/, "1 to 32 of a-z, 0-9 and -"),
    ["all"],
    "Region token in subjects, streams and buckets",
  ),
  shards: required(
    "P4_SHARDS",
    "8",
    integer(1, 256),
    ["all"],
    "Streams that the channels are spread over; fixed once they exist",
  ),
  replicas: required(
    "P4_REPLICAS",
    "1",
    integer(1, 5),
    ["all"],
    "Copies of each stream and bucket; 3 in a cluster of three",
  ),
  logRetentionMs: required(
    "P4_LOG_RETENTION",
    "90d",
    durationMs("1h", "3650d"),
    ["all"],
    "How long the log keeps events",
  ),

  channelTtlMs: required(
    "P4_CHANNEL_TTL",
    "2h",
    durationMs("1s", "365d"),
    ["edge", "expiry"],
    "Life of a channel, from its first join to channel.expired",
  ),
  ackGraceMs: required(
    "P4_ACK_GRACE",
    "2m",
    durationMs("0s", "1d"),
    ["edge"],
    "How long after its deadline a channel takes the answer to a payment that was sent in time; 0s: not at all",
  ),
  joinPolicy: required(
    "P4_JOIN_POLICY",
    "open",
    oneOf("open", "merchant-first", "token"),
    ["edge"],
    "Who may open a channel: anyone, a merchant, or the holder of a token",
  ),
  joinSecrets: optional(
    "P4_JOIN_SECRET",
    orInFile(manyOf(joinSecret, 2)),
    ["edge", "payd", "cli"],
    "Signs join tokens; needed by the join policy token. Of two the first signs and both are taken, so that one can follow the other",
    true,
  ),
  ...limitSettings,
  publicUrl: optional(
    "P4_PUBLIC_URL",
    http,
    ["edge", "payd", "cli"],
    "Where wallets reach the edge, and miners its proof callbacks; default http://<host>:<port>, callbacks at the proof port",
  ),
  paydUrl: optional(
    "P4_PAYD_URL",
    http,
    ["payd", "cli"],
    "Where the merchant's wallet and its checkout pages are reached; default http://<host>:<payd port>",
  ),
  minerUrl: optional(
    "P4_MINER_URL",
    http,
    ["payd", "cli"],
    "Where transactions are sent; default http://<host>:<miner port>",
  ),
  callbackToken: optional(
    "P4_CALLBACK_TOKEN",
    orInFile(secretText),
    ["edge", "proof-ingest", "payd"],
    "Bearer token that proof callbacks must carry; ARC signs nothing, so only this tells its callbacks from made-up ones",
    true,
  ),

  signaturePolicy: required(
    "P4_SIGNATURE_POLICY",
    "verify-if-signed",
    oneOf("verify-if-signed", "require", "trusted-keys"),
    ["edge", "proof-ingest", "payd"],
    "What the signature of a proof's envelope must be; all but verify-if-signed need the callback token, for ARC signs nothing",
  ),
  trustedKeys: optional(
    "P4_TRUSTED_KEYS",
    manyOf(publicKey),
    ["edge", "proof-ingest", "payd"],
    "Miners' public keys; needed by the signature policy trusted-keys",
  ),
  headerSource: required(
    "P4_HEADER_SOURCE",
    "none",
    headerSource,
    ["edge", "proof-ingest", "payd"],
    "Where block headers are looked up; with one, a proof settles nothing before its block is found there",
  ),
  headerPolicy: required(
    "P4_HEADER_POLICY",
    "accept-unknown",
    oneOf("accept-unknown", "require"),
    ["edge", "proof-ingest"],
    "Whether a proof whose block header cannot be found is accepted",
  ),
  ...traceSettings,
  consoleKey: inFile("secrets/console-key", secretText, ["edge"], "Key of /console; none: this machine alone", true),
  paydPassphrase: inFile(
    "secrets/payd-passphrase",
    matching(/^[^\r\n]{12,1024}$/, "a text of 12 to 1024 characters"),
    ["payd"],
    "Encrypts the wallet's master key, and with it every caller needs an API key; none: the key lies open, and programs of this machine that call by a loopback name need none",
    true,
  ),
  webhookAllow: inFile(
    "payd/webhook-allow",
    linesOf(addressRange),
    ["payd", "expiry", "cli"],
    "Addresses that are not public and that webhooks may be sent to all the same, payd's and those of the log",
  ),
  operatorKeys: inFile(
    "operator-keys",
    linesOf(publicKey),
    ["cli"],
    "Operators' public keys: evidence and anchors that one of them signed hold; the key of this machine is one of them",
  ),
} as const;

export type SettingName = keyof typeof schema;
