import { describe, expect, it } from "vitest";
import type { Channel } from "./channel-fold.ts";
import type { ChannelCommand } from "./commands.ts";
import { keptWholeBytes } from "./forget-old.ts";
import { pendingFor, roleListeners } from "./heard-by.ts";
import { conversation, decide } from "./test-support.ts";
import { join, merchant, otherTxid, paymentTxid, proofOf, recordProof, wallet } from "./testing.ts";

const large = "x".repeat(2 * keptWholeBytes);

function pay(overrides: Parameters<typeof wallet>[1] = {}) {
  return wallet("SubmitPayment", { messageId: "p1", body: large, ...overrides });
}

/** The sizes of the texts that the channel still holds, by message. */
function textsOf({ snapshot }: Channel): Record<string, number | null> {
  const { messages } = snapshot.context;
  return Object.fromEntries(
    messages.map(({ data: { message } }) => [message.messageId, message.raw === null ? null : message.raw.length]),
  );
}

describe("a channel's memory", () => {
  const refused = [
    join(merchant),
    wallet("OfferTerms", { messageId: "t1", body: large }),
    wallet("OfferTerms", { messageId: "t2", body: large }),
    pay(),
    wallet("RefusePayment", { messageId: "no", body: large }),
  ];

  it("holds what is pending and nothing else that is large", () => {
    const { channel } = conversation(...refused);
    expect(textsOf(channel)).toEqual({ t1: null, t2: expect.any(Number), p1: null, no: expect.any(Number) });
    const waiting = conversation(...refused, pay({ messageId: "p2", txid: otherTxid })).channel;
    expect(textsOf(waiting)).toMatchObject({ p2: expect.any(Number) });
  });

  it("keeps small messages whole", () => {
    const { channel } = conversation(join(merchant), pay({ body: "small" }), wallet("AcceptPayment"));
    expect(textsOf(channel)).toMatchObject({ p1: expect.any(Number) });
  });

  it("holds neither a miner's own text nor the memo of an old refusal", () => {
    const proof = proofOf(paymentTxid, { raw: large });
    const again = pay({ messageId: "p2", txid: otherTxid });
    const refusal = { ...wallet("RefusePayment", { body: large }), reason: large } as ChannelCommand;
    const { channel } = conversation(
      join(merchant),
      pay(),
      refusal,
      again,
      wallet("AcceptPayment"),
      recordProof(paymentTxid, { ...proof }),
    );
    expect(JSON.stringify(channel.snapshot.context)).not.toContain(large);
    expect(pendingFor(roleListeners.customer, channel.snapshot)).toContainEqual(
      expect.objectContaining({ key: "proof.create", bodyText: proof.bodyText }),
    );
  });

  it("knows a forgotten message by its content, and where the log has the answer", () => {
    const { channel } = conversation(...refused, pay({ messageId: "p2", txid: otherTxid }), wallet("AcceptPayment"));
    const answer = channel.snapshot.context.attempts[0]?.verdict;
    expect(decide(pay(), channel.snapshot)).toEqual({
      outcome: "duplicate",
      streamVersion: expect.any(Number),
      replies: [{ kind: "forgotten", event: answer }],
    });
    expect(decide(pay({ body: `${large}, another` }), channel.snapshot)).toMatchObject({ code: "MESSAGE_ID_REUSED" });
  });

  it("knows a forgotten payment without a readable transaction by its body", () => {
    const opaque = { txid: null, messageId: "p1" };
    const { channel } = conversation(join(merchant), pay(opaque), wallet("RefusePayment"));
    const again = { ...opaque, messageId: "p2" };
    expect(decide(pay(again), channel.snapshot)).toMatchObject({ outcome: "duplicate" });
    expect(decide(pay({ ...again, body: `${large}, another` }), channel.snapshot)).toMatchObject({
      outcome: "accepted",
    });
  });
});
