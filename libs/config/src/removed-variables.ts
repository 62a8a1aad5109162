const adapts = "how many channels are opened at once adapts by itself";

/** Variables of earlier versions, with what does their work now: completes "is no longer a variable: ...". */
export const removedVariables: Readonly<Record<string, string>> = {
  P4_MAX_CONNECTIONS_PER_CHANNEL: "a channel takes 64 WebSockets and 1000 event streams",
  P4_MAX_JOINS_UNDER_WAY: "2000 joins are decided at the same time",
  P4_MAX_STORE_BACKLOG: adapts,
  P4_MAX_LOOP_LAG: adapts,
  P4_MAX_QUEUED_BYTES: "four of the largest messages (P4_MAX_MESSAGE_BYTES) may wait for a slow wallet",
  P4_MAX_CHANNEL_BYTES: "the log of a channel takes 16 MiB before only answers are taken",
  P4_BYTE_RATE_PER_CONNECTION: "a WebSocket may add 1 MiB a second",
  P4_BYTE_RATE_PER_IP: "an address may add 16 MiB a second; name proxies in P4_TRUSTED_PROXIES",
  P4_BRIDGE_WAIT: "a request waits for 10 s, or as long as its header `Prefer: wait=` says",
  P4_EXPIRY_SWEEP: "the sweep comes every 30 s",
  P4_SYNC: "the embedded broker always syncs before it acknowledges",
  P4_NATS_PORT: "the embedded broker takes a free port; run one of your own and name it in P4_NATS_URL",
  P4_NATS_CA: "name that file in P4_NATS_CREDENTIALS, beside the others",
  P4_CALLBACK_URL: "miners call the proof port, or P4_PUBLIC_URL where that is set",
  P4_CONSOLE_KEY: "put it into secrets/console-key in the data directory",
  P4_PAYD_PASSPHRASE: "put it into secrets/payd-passphrase in the data directory",
  P4_PAYD_KEYS: "with a passphrase in secrets/payd-passphrase every caller needs a key",
  P4_WEBHOOK_ALLOW: "put the addresses into payd/webhook-allow in the data directory, one in each line",
  P4_OPERATOR_KEYS: "put the keys into operator-keys in the data directory, one in each line",
  P4_OPERATOR_KEY_FILE: "the key is operator.key in the data directory",
};
