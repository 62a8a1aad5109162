import { describe, expect, it } from "vitest";
import { stateName } from "./channel.machine.ts";
import type { ChannelCommand } from "./commands.ts";
import { heardBy, pendingFor, roleListeners } from "./heard-by.ts";
import { outgoingMessage } from "./outgoing.ts";
import { keyOf } from "./timeline.ts";
import { decide } from "./test-support.ts";
import {
  close,
  expire,
  given,
  join,
  merchant,
  otherTxid,
  paymentTxid,
  recordProof,
  reportDoubleSpend,
  reportRejection,
  revokeProof,
  wallet,
  wayTo,
} from "./testing.ts";

const pendingKeys = (role: "merchant" | "customer", steps: readonly ChannelCommand[]) =>
  pendingFor(roleListeners[role], given(...steps)).map(keyOf);

describe("a payment of several transactions", () => {
  const steps = [join(merchant), wallet("SubmitPayment", { txids: [paymentTxid, otherTxid] }), wallet("AcceptPayment")];

  it("is settled when each of them is proven, in any order", () => {
    expect(stateName(given(...steps, recordProof(otherTxid)))).toBe("awaitingProof");
    expect(stateName(given(...steps, recordProof(otherTxid), recordProof(paymentTxid)))).toBe("settled");
    expect(stateName(given(...steps, recordProof(paymentTxid), recordProof(otherTxid)))).toBe("settled");
  });

  it("is settled by its acknowledgement when all proofs were faster", () => {
    const [opening, payment, ack] = steps as [ChannelCommand, ChannelCommand, ChannelCommand];
    expect(stateName(given(opening, payment, recordProof(otherTxid), ack))).toBe("awaitingProof");
    expect(stateName(given(opening, payment, recordProof(otherTxid), recordProof(paymentTxid), ack))).toBe("settled");
  });

  it("goes back to waiting when one of them is not mined any more", () => {
    const settled = [...steps, recordProof(otherTxid), recordProof(paymentTxid)];
    expect(stateName(given(...settled, revokeProof(otherTxid)))).toBe("awaitingProof");
  });
});

describe("a block that leaves the chain", () => {
  const revoked = [...wayTo.settled, revokeProof(paymentTxid)];

  it("takes its proof with it: the channel waits for another, and all are told, also later", () => {
    const snapshot = given(...revoked);
    expect(stateName(snapshot)).toBe("awaitingProof");
    for (const listener of Object.values(roleListeners)) {
      expect(heardBy(listener, snapshot.context.revocations[0]!, snapshot.context)).toMatchObject({
        key: "proof.revoked",
        correlationId: paymentTxid,
      });
    }
    expect(pendingKeys("merchant", revoked)).toEqual(["proof.revoked"]);
    expect(pendingKeys("customer", revoked)).toEqual(["payment.ack", "proof.revoked"]);
  });

  it("changes nothing where no proof stands in it", () => {
    const elsewhere = revokeProof(paymentTxid, { blockHashes: ["ee".repeat(32)] });
    expect(decide(elsewhere, given(...wayTo.settled))).toEqual({ outcome: "unchanged" });
    expect(decide(revokeProof(otherTxid), given(...wayTo.settled))).toEqual({ outcome: "unchanged" });
    expect(decide(revokeProof(paymentTxid), given(...revoked))).toEqual({ outcome: "unchanged" });
  });

  it.each([
    ["names no block", revokeProof(paymentTxid, { blockHashes: [] }), {}],
    ["is not known to be the proof's, which names none", revokeProof(paymentTxid), { blockHash: null }],
  ])("counts also when it %s", (_, news, proof) => {
    const paid = [join(merchant), wallet("SubmitPayment"), wallet("AcceptPayment"), recordProof(paymentTxid, proof)];
    expect(stateName(given(...paid, news))).toBe("awaitingProof");
  });

  it("leaves the proof in another block alone", () => {
    const twice = [
      ...wayTo.settled,
      recordProof(paymentTxid, { blockHash: "ee".repeat(32) }),
      revokeProof(paymentTxid),
    ];
    expect(stateName(given(...twice))).toBe("settled");
    expect(pendingKeys("merchant", twice)).toEqual(["proof.create"]);
  });

  it("may come back: the same proof is recorded again, under another event id, and settles", () => {
    const again = recordProof(paymentTxid);
    const decision = decide(again, given(...revoked));
    expect(decision).toMatchObject({ event: { metadata: { eventId: `${again.metadata.commandId}.1` } } });
    expect(stateName(given(...revoked, again))).toBe("settled");
    expect(pendingKeys("customer", [...revoked, again])).toEqual(["payment.ack", "proof.create"]);
    expect(stateName(given(...revoked, again, revokeProof(paymentTxid)))).toBe("awaitingProof");
  });
});

describe("a transaction that a miner rejects", () => {
  const rejected = [...wayTo.awaitingProof, reportRejection(paymentTxid, { detail: "spent by another" })];

  it("is told to all, now and on the next join", () => {
    const snapshot = given(...rejected);
    expect(stateName(snapshot)).toBe("awaitingProof");
    for (const listener of Object.values(roleListeners)) {
      expect(heardBy(listener, snapshot.context.rejections[0]!, snapshot.context)).toMatchObject({
        key: "transaction.rejected",
        correlationId: paymentTxid,
      });
    }
    expect(pendingKeys("merchant", rejected)).toEqual(["transaction.rejected"]);
    expect(pendingKeys("customer", rejected)).toEqual(["payment.ack", "transaction.rejected"]);
  });

  it("is no news any more once it is mined all the same", () => {
    expect(pendingKeys("merchant", [...rejected, recordProof(paymentTxid)])).toEqual(["proof.create"]);
  });

  it("is stored once, and not when the channel has never seen it", () => {
    const again = reportRejection(paymentTxid, { detail: "spent by another" });
    expect(decide(again, given(...rejected))).toMatchObject({ outcome: "duplicate" });
    expect(decide(reportRejection(paymentTxid, { code: 465 }), given(...rejected))).toMatchObject({
      outcome: "accepted",
    });
    expect(decide(reportRejection(otherTxid), given(...rejected))).toEqual({ outcome: "unchanged" });
  });
});

it("a proof whose block the server's headers do not have yet settles nothing; the verified one does", () => {
  const waiting = [...wayTo.awaitingProof, recordProof(paymentTxid, { status: "received", awaitsHeader: true })];
  const received = given(...waiting);
  expect(stateName(received)).toBe("awaitingProof");
  expect(outgoingMessage(received.context.proofs[0]!)).toMatchObject({
    headers: [
      ["X-Tx-Id", paymentTxid],
      ["x-p4-proof", "received"],
    ],
  });
  expect(stateName(given(...waiting, recordProof(paymentTxid)))).toBe("settled");
});

describe("after the end", () => {
  const ends = { expired: expire(), closed: close() };

  it.each(["expired", "closed"] as const)("a channel that is %s still records news of its own transactions", (end) => {
    const paid = [...wayTo.awaitingProof, ends[end]];
    const told = [...paid, reportRejection(paymentTxid), recordProof(paymentTxid), reportDoubleSpend(paymentTxid)];
    expect(stateName(given(...told))).toBe(end);
    expect(pendingKeys("customer", told)).toEqual(["payment.ack", "proof.create"]);
    const undone = [...told, revokeProof(paymentTxid)];
    expect(pendingKeys("merchant", undone)).toEqual(["transaction.rejected", "proof.revoked"]);
  });

  it("and of no other", () => {
    const over = given(...wayTo.awaitingProof, expire());
    expect(decide(recordProof(otherTxid), over)).toMatchObject({ code: "CHANNEL_EXPIRED" });
    expect(decide(reportDoubleSpend(otherTxid), over)).toMatchObject({ code: "CHANNEL_EXPIRED" });
  });
});
