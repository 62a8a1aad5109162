import { randomBytes } from "node:crypto";
import type { ChannelCommand, Participant, WalletCommand } from "@p4/channel";
import { walletCommand } from "@p4/channel";
import { sha256Hex, uuid } from "@p4/node-crypto";
import { openChannelNode, type ChannelNode } from "@p4/app";

export interface RecordOptions {
  readonly natsUrl: string;
  readonly region: string;
  readonly shards: number;
  readonly channels: number;
  /** Channels with a command under way at the same time. */
  readonly concurrency: number;
  /** Start of each channel's id; another run needs another one. */
  readonly prefix: string;
  readonly onProgress: (channels: number) => void;
}

export interface RecordFigures {
  readonly channels: number;
  readonly events: number;
  readonly elapsedMs: number;
}

const retentionMs = 90 * 86_400_000;
const ttlMs = 24 * 3_600_000;

/**
 * Records whole payments through the path that an edge appends by: decide, seal, append with the expected version. Nine
 * of ten channels are settled; the others stop at one of the steps before, as they do in the field.
 */
export async function recordChannels(options: RecordOptions): Promise<RecordFigures> {
  const { natsUrl, region, shards } = options;
  const node = await openChannelNode({ natsUrl, name: "p4-bench", region, shards, replicas: 1, retentionMs });
  const startedMs = performance.now();
  let next = 0;
  let done = 0;
  let events = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < options.channels; i = next++) {
      const recorded = await recordOne(node, `${options.prefix}${String(i)}`, i);
      events += recorded;
      options.onProgress(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  } finally {
    await node.close();
  }
  return { channels: done, events, elapsedMs: performance.now() - startedMs };
}

async function recordOne(node: ChannelNode, channelId: string, index: number): Promise<number> {
  const commands = payment(channelId);
  const kept = index % 10 === 9 ? commands.slice(0, 1 + (Math.floor(index / 10) % (commands.length - 1))) : commands;
  const followed = await node.registry.follow(channelId, () => undefined);
  try {
    for (const command of kept) {
      const result = await followed.submit(command());
      if (result.outcome !== "stored") throw new Error(`${channelId}: ${JSON.stringify(result)}`);
    }
  } finally {
    followed.release();
  }
  return kept.length;
}

/** The commands of one payment, each made when it is sent: the time is in it. Sizes are those of small real payments. */
function payment(channelId: string): (() => ChannelCommand)[] {
  const merchant = participant("merchant");
  const customer = participant("customer");
  const rawTx = randomBytes(226).toString("hex");
  const txid = sha256Hex(rawTx);
  const speak = (key: string, from: Participant, body: object) => () =>
    walletMessage(channelId, { key, from, body, txid });
  const outputs = [{ satoshis: 1_000, script: `76a914${randomBytes(20).toString("hex")}88ac`, description: "" }];
  const terms = { network: "regtest", version: "1.0", creationTimestamp: Math.floor(Date.now() / 1_000), memo: "" };
  return [
    () => ({
      type: "JoinChannel",
      channelId,
      participant: merchant,
      expiresAtMs: Date.now() + ttlMs,
      mayOpen: true,
      merchantIsAlive: true,
      metadata: metadata(channelId),
    }),
    speak("paymentrequest.create", customer, { identityKey: `02${randomBytes(32).toString("hex")}` }),
    speak("paymentrequest.response", merchant, {
      ...terms,
      paymentUrl: `http://127.0.0.1/${channelId}`,
      modes: { ef63d9775da5: { choiceID0: { transactions: [{ outputs: { native: outputs } }] } } },
    }),
    speak("payment", customer, { modeId: "ef63d9775da5", mode: { optionId: "choiceID0", transactions: [rawTx] } }),
    speak("payment.ack", merchant, { modeId: "ef63d9775da5", peerChannel: null, redirectUrl: null, memo: "thank you" }),
    () => proof(channelId, txid),
  ];
}

interface Said {
  readonly key: string;
  readonly from: Participant;
  readonly body: object;
  readonly txid: string;
}

function walletMessage(channelId: string, { key, from, body, txid }: Said): WalletCommand {
  const messageId = uuid();
  const raw = JSON.stringify({
    type: key,
    key,
    channelID: channelId,
    messageId,
    correlationID: channelId,
    timestamp: new Date().toISOString(),
    userID: "",
    headers: {},
    body,
  });
  const command = walletCommand(
    { key, dialect: "p4", raw, messageId, correlationId: channelId },
    {
      from,
      metadata: metadata(channelId),
      merchantIsAlive: true,
      facts: { txids: txid === null ? [] : [txid], accepted: true, reason: "" },
    },
  );
  if (command === null) throw new Error(`no command for ${key}`);
  return command;
}

function proof(channelId: string, txid: string): ChannelCommand {
  const hash = (): string => randomBytes(32).toString("hex");
  const nodes = Array.from({ length: 12 }, hash);
  const blockHash = hash();
  const payload = {
    callbackTxId: txid,
    callbackReason: "merkleProof",
    blockHash,
    callbackPayload: { index: 1, nodes },
  };
  const bodyText = JSON.stringify({
    payload: JSON.stringify(payload),
    encoding: "UTF-8",
    mimetype: "application/json",
  });
  return {
    type: "RecordProof",
    metadata: metadata(channelId),
    proof: {
      txid,
      status: "verified",
      blockHash,
      blockHeight: 100,
      merkleRoot: hash(),
      source: "mapi",
      raw: bodyText,
      bodyText,
    },
  };
}

function metadata(channelId: string): ChannelCommand["metadata"] {
  return { commandId: uuid(), nowMs: Date.now(), correlationId: channelId, causationId: "record" };
}

function participant(role: "merchant" | "customer"): Participant {
  return { connectionId: uuid(), nodeId: "bench", role, explicit: true };
}
