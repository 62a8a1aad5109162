import { readFileSync } from "node:fs";
import { walletCommand, type ChannelCommand, type Participant } from "@p4/channel";
import { nodeCrypto } from "@p4/node-crypto";
import { ackOutcome, decodeFrame } from "@p4/protocol";
import { paymentTransactionIds } from "@p4/spv";

/** A whole payment with real frames, a real transaction and a miner's signed callback: the vectors of libs/spv. */
const vectors = JSON.parse(
  readFileSync(new URL("../../../../libs/spv/vectors/dpp-messages.json", import.meta.url), "utf8"),
) as {
  readonly flows: readonly { readonly steps: readonly FlowStep[] }[];
  readonly blocks: readonly { readonly height: number; readonly hash: string; readonly header: string }[];
};

interface FlowStep {
  readonly actor: string;
  readonly frame?: string;
  readonly request?: { readonly body?: object };
}

/** The channel that the frames name. */
export const paidChannelId = "inv0000001";
const blockHash = "71629268f068049e3c98c3ed43d380beca9f2c8a3f9e204ffa88494e49452ea1";
export const paidBlock = vectors.blocks.find(({ hash }) => hash === blockHash)?.header ?? "";

const participant = (role: "merchant" | "customer"): Participant => ({
  connectionId: `${role}-1`,
  nodeId: "n1",
  role,
  explicit: role === "merchant",
});

/** What the servers record of it, in order; `parts` of the conversation, then the proof. */
export function* paidCommands(): Generator<ChannelCommand> {
  const startMs = Date.now();
  let step = 0;
  const metadata = () => ({
    commandId: `paid-${++step}`,
    nowMs: startMs + step,
    correlationId: "",
    causationId: "test",
  });
  for (const role of ["merchant", "customer"] as const) {
    yield {
      type: "JoinChannel",
      channelId: paidChannelId,
      participant: participant(role),
      expiresAtMs: startMs + 7_200_000,
      mayOpen: true,
      merchantIsAlive: true,
      metadata: metadata(),
    };
  }
  const steps = vectors.flows[0]?.steps ?? [];
  for (const { actor, frame } of steps) {
    if (frame === undefined || (actor !== "merchant" && actor !== "customer")) continue;
    yield commandOf(frame, participant(actor), metadata());
  }
  const raw = JSON.stringify(steps.find(({ actor }) => actor === "mAPI")?.request?.body);
  yield {
    type: "RecordProof",
    proof: {
      txid: "7e8813ef2b772a25f762045f132ed648b9407eee033b97182da7c8cded2c8dfb",
      status: "verified",
      source: "mapi",
      blockHash,
      blockHeight: 1105,
      merkleRoot: "dc7838e3f80b0054429d37d4d3f911f9a85d67cc18c9b3dd24f0d9661809059a",
      raw,
      bodyText: raw,
    },
    metadata: metadata(),
  };
}

/** The command that an edge makes of a wallet's frame. */
export function commandOf(raw: string, from: Participant, metadata: ChannelCommand["metadata"]): ChannelCommand {
  const frame = decodeFrame(raw, { maxBytes: 1_000_000 });
  if (!frame.ok) throw new Error(frame.error.code);
  const { key, messageId, correlationId, bodyText } = frame.message;
  const { accepted, memo } = ackOutcome(bodyText);
  const txids = key === "payment" && bodyText !== null ? paymentTransactionIds(bodyText, nodeCrypto) : [];
  const command = walletCommand(
    { key, dialect: frame.dialect, raw, messageId, correlationId },
    {
      from,
      metadata,
      merchantIsAlive: true,
      facts: { txids, accepted, reason: memo ?? "" },
    },
  );
  if (command === null) throw new Error(`no command for ${key}`);
  return command;
}
