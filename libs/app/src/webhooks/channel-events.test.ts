import { decide, foldSealed, newChannel, sealFor, type ChannelCommand } from "@p4/channel";
import {
  close,
  expiresAtMs,
  join,
  merchant,
  otherTxid,
  paymentTxid,
  reportRejection,
  wallet,
} from "@p4/channel/testing";
import { StoreError, type EventLog, type StoredEvent } from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";
import { expect, it } from "vitest";
import { channelEvents } from "./channel-events.ts";

/** A log of one channel, versions 10, 20, 30, ... */
function logOf(...commands: readonly ChannelCommand[]): Pick<EventLog, "readStream"> {
  const events: StoredEvent[] = [];
  let channel = newChannel();
  for (const command of commands) {
    const decision = decide(command, channel.snapshot, sha256Hex);
    if (decision.outcome !== "accepted") throw new Error(JSON.stringify(decision));
    const sealed = sealFor(channel, decision.event);
    const streamVersion = channel.streamVersion + 10;
    channel = foldSealed(channel, sealed, streamVersion, sha256Hex).channel;
    const bytes = new TextEncoder().encode(sealed.text);
    events.push({ channelId: "inv1", streamVersion, storedAtMs: 0, bytes });
  }
  return {
    readStream: (_, { afterVersion = 0 } = {}) =>
      Promise.resolve(events.filter(({ streamVersion }) => streamVersion > afterVersion)),
  };
}

async function told(log: Pick<EventLog, "readStream">, after = 0): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = [];
  for await (const { body } of channelEvents(log).events("inv1", after)) bodies.push(JSON.parse(body));
  return bodies;
}

const competingTxids = Array.from({ length: 30 }, () => otherTxid);
const commands = [
  join(merchant),
  wallet("SubmitPayment", { body: { secret: "whisper" } }),
  wallet("RefusePayment"),
  reportRejection(paymentTxid, { detail: "x".repeat(600), competingTxids }),
  close(),
];

it("tells each event with the state after it, and its details within bounds", async () => {
  const bodies = await told(logOf(...commands), 10);
  expect(bodies.map(({ type, sequence }) => [type, sequence])).toEqual([
    ["channel.payment_submitted", 20],
    ["channel.payment_refused", 30],
    ["channel.rejected", 40],
    ["channel.closed", 50],
  ]);
  expect(bodies[0]).toEqual({
    id: "inv1.20",
    type: "channel.payment_submitted",
    sequence: 20,
    createdAt: expect.any(String) as string,
    eventId: expect.stringMatching(/^command-/) as string,
    channel: {
      id: "inv1",
      state: "awaitingAck",
      satoshis: null,
      txids: [paymentTxid],
      expiresAt: new Date(expiresAtMs).toISOString(),
    },
    payment: { txids: [paymentTxid] },
  });
  expect(bodies[1]).toMatchObject({ reason: "too little", channel: { state: "awaitingPayment" } });
  const { reason, rejection } = bodies[2] as { reason: string; rejection: { competingTxids: string[] } };
  expect([reason.length, rejection.competingTxids.length]).toEqual([501, 20]);
  expect(bodies[3]).toMatchObject({ reason: "test", channel: { state: "closed" } });
  expect(JSON.stringify(bodies)).not.toMatch(/whisper|"m1"|"c1"/);
});

it("tells nothing behind damage", async () => {
  const log = logOf(...commands);
  const events = await log.readStream("inv1");
  const damaged = events.filter(({ streamVersion }) => streamVersion !== 30);
  const bodies = await told({
    readStream: (_, { afterVersion = 0 } = {}) => Promise.resolve(damaged.slice(afterVersion)),
  });
  expect(bodies.map(({ sequence }) => sequence)).toEqual([10, 20]);
  const missing = new StoreError("STORE_BLOB_MISSING", "inv1 at 10");
  expect(await told({ readStream: () => Promise.reject(missing) })).toEqual([]);
  const away = new StoreError("STORE_UNAVAILABLE", "no answer");
  await expect(told({ readStream: () => Promise.reject(away) })).rejects.toBe(away);
});
