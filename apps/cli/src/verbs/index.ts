import type { Verb } from "../verb.ts";

/** What the help says of a verb, and where the rest of it is: its file is loaded when it is used. */
export interface VerbEntry {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/** In the order of the help. A test compares the usage with what the verb takes. */
export const verbs: readonly VerbEntry[] = [
  {
    name: "doctor",
    usage: "[options]",
    summary:
      "check the broker: servers, cluster, replicas, durability, clock, limits, permissions, sites; each with its fix",
    load: async () => (await import("./doctor.ts")).doctorVerb,
  },
  {
    name: "repair",
    usage: "[options]",
    summary: "rebuild replicas that stay behind although their server runs",
    load: async () => (await import("./repair.ts")).repairVerb,
  },
  {
    name: "channels",
    usage: "[options]",
    summary: "list and search channels, the last active first",
    load: async () => (await import("./channels.ts")).channelsVerb,
  },
  {
    name: "replay",
    usage: "[options] [channel]",
    summary: "fold a channel's log and print what happened: who sent what, what it changed, who was waited for",
    load: async () => (await import("./replay.ts")).replayVerb,
  },
  {
    name: "console",
    usage: "[options] [channel]",
    summary: "open the operator's console in a browser",
    load: async () => (await import("./console.ts")).consoleVerb,
  },
  {
    name: "tail",
    usage: "[options]",
    summary: "print every event of every channel as it is stored, until Ctrl-C",
    load: async () => (await import("./tail.ts")).tailVerb,
  },
  {
    name: "evidence",
    usage: "[options] [command]",
    summary: "files that prove what happened on a channel, offline, to a third party that does not trust you",
    load: async () => (await import("./evidence.ts")).evidenceVerb,
  },
  {
    name: "anchor",
    usage: "[options] [command]",
    summary: "sign the heads of all channels as one root: what was known on that day cannot be taken back later",
    load: async () => (await import("./anchor.ts")).anchorVerb,
  },
  {
    name: "archive",
    usage: "[options] [command]",
    summary: "keep ended channels as evidence files, which outlive the log",
    load: async () => (await import("./archive.ts")).archiveVerb,
  },
  {
    name: "hold",
    usage: "[options] [command]",
    summary: "keep channels for as long as a dispute takes (legal hold)",
    load: async () => (await import("./hold.ts")).holdVerb,
  },
  {
    name: "streams",
    usage: "[options]",
    summary: "streams and buckets of the region: size, channels, growth, and when the disk or the limit is reached",
    load: async () => (await import("./streams.ts")).streamsVerb,
  },
  {
    name: "recover",
    usage: "[options]",
    summary: "check that every channel can be served from the log alone, as by an edge that starts cold",
    load: async () => (await import("./recover.ts")).recoverVerb,
  },
  {
    name: "backup",
    usage: "[options] <folder>",
    summary: "save the region's streams and buckets while all runs, and what each channel folds to",
    load: async () => (await import("./backup.ts")).backupVerb,
  },
  {
    name: "restore",
    usage: "[options] <folder>",
    summary: "put a backup into a broker that holds nothing of its region, and check what every channel folds to",
    load: async () => (await import("./restore.ts")).restoreVerb,
  },
  {
    name: "index",
    usage: "[options] [command]",
    summary: "the index that p4 channels searches",
    load: async () => (await import("./index-rebuild.ts")).indexVerb,
  },
  {
    name: "region",
    usage: "[options] [command]",
    summary: "the sites that a region lives at: copies, a planned move of its home, failover, return",
    load: async () => (await import("./region.ts")).regionVerb,
  },
  {
    name: "deadline",
    usage: "[options] [command]",
    summary: "deadlines of channels",
    load: async () => (await import("./deadline.ts")).deadlineVerb,
  },
  {
    name: "close",
    usage: "[options] [channel]",
    summary: "end a channel for good, or many: they take no more messages, and their sockets are closed",
    load: async () => (await import("./close.ts")).closeVerb,
  },
  {
    name: "proof",
    usage: "[options] [command]",
    summary: "proofs that miners have sent",
    load: async () => (await import("./proof.ts")).proofVerb,
  },
  {
    name: "pay",
    usage: "[options] <ws-url>",
    summary: "pay an invoice: join its channel, fund, sign, pay, wait for the answer and the Merkle proof",
    load: async () => (await import("./pay.ts")).payVerb,
  },
  {
    name: "wallet",
    usage: "[options] [command]",
    summary: "wallet files for p4 pay: one key and its coins, for trials",
    load: async () => (await import("./wallet.ts")).walletVerb,
  },
  {
    name: "conform",
    usage: "[options] <ws-url>",
    summary: "check a server of this protocol from outside, rule by rule, and print its score card",
    load: async () => (await import("./conform.ts")).conformVerb,
  },
  {
    name: "machine",
    usage: "[options]",
    summary: "show the channel's state machine: which event may come in which state, and where it leads",
    load: async () => (await import("./machine.ts")).machineVerb,
  },
  {
    name: "token",
    usage: "[options] [command]",
    summary: "make, check and revoke join tokens, for the join policy token",
    load: async () => (await import("./token.ts")).tokenVerb,
  },
  {
    name: "api-key",
    usage: "[options] [command]",
    summary: "API keys of the merchant's wallet, for a shop's programs",
    load: async () => (await import("./api-key.ts")).apiKeyVerb,
  },
  {
    name: "webhook",
    usage: "[options] [command]",
    summary: "webhooks of the merchant's wallet, or of the log: where they go, what was delivered, once more, a test",
    load: async () => (await import("./webhook.ts")).webhookVerb,
  },
  {
    name: "listen",
    usage: "[options]",
    summary: "for development: send what happens at the merchant's wallet to a program of this machine, until Ctrl-C",
    load: async () => (await import("./listen.ts")).listenVerb,
  },
  {
    name: "nats-config",
    usage: "[options] <folder>",
    summary: "make a login for each program, with the permissions that it needs, for a broker of your own",
    load: async () => (await import("./nats-config.ts")).natsConfigVerb,
  },
  {
    name: "config",
    usage: "[options]",
    summary: "show the configuration in force, from the P4_ variables and the defaults",
    load: async () => (await import("./config.ts")).configVerb,
  },
  {
    name: "completion",
    usage: "[options] <shell>",
    summary: "print a script that completes p4's verbs and options",
    load: async () => (await import("./completion.ts")).completionVerb,
  },
];
