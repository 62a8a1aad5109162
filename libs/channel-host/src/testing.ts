import { isEnded, stateName, type ChannelCommand, type Verdict } from "@p4/channel";
import {
  customer,
  expiresAtMs,
  join,
  merchant,
  metadata,
  otherTxid,
  paymentTxid,
  recordProof,
  wallet,
} from "@p4/channel/testing";
import { describe, expect, it, vi } from "vitest";
import type { ChannelRegistry } from "./channel-registry.ts";
import type { FollowedChannel } from "./followed-channel.ts";

/** Two nodes over one store, and the faults that they have reported. */
export interface TwoNodes {
  readonly one: ChannelRegistry;
  readonly two: ChannelRegistry;
  readonly faults: readonly unknown[];
}

let channelCount = 0;

export function newChannelId(): string {
  channelCount++;
  return `inv-${Math.random().toString(36).slice(2, 10)}-${String(channelCount)}`;
}

/** A join of the channel; it is due at 8,000 ms by the clock of the commands. */
export function joinOf(channelId: string, participant = merchant, nowMs = 1_000): ChannelCommand {
  return join(participant, { channelId, metadata: metadata(nowMs) });
}

export const ignore = (): void => undefined;

/** The contract of channel actors over any store. */
export function channelActorContract(name: string, nodes: () => TwoNodes): void {
  describe(`channel actors over ${name}`, () => {
    it("make an unknown channel known with the first join, and keep it without followers", async () => {
      const { one, two } = nodes();
      const channelId = newChannelId();
      expect(stateName((await one.read(channelId)).snapshot)).toBe("unopened");
      expect(await one.submit(channelId, joinOf(channelId))).toMatchObject({ outcome: "stored" });
      expect((await two.read(channelId)).snapshot.context).toMatchObject({ channelId, eventCount: 1 });
    });

    it("tell every node's listeners what is stored, once and in order, and no history", async () => {
      const { one, two, faults } = nodes();
      const channelId = newChannelId();
      await one.submit(channelId, joinOf(channelId));
      const heard: string[][] = [[], []];
      const here = await one.follow(channelId, (event) => heard[0]?.push(event.type));
      const there = await two.follow(channelId, (event) => heard[1]?.push(event.type));
      for (const command of wholePayment()) await here.submit(command);
      const types = ["TermsRequested", "TermsOffered", "PaymentSubmitted", "PaymentAccepted", "ProofRecorded"];
      await vi.waitFor(() => expect(heard).toEqual([types, types]));
      expect(there.channel).toEqual(here.channel);
      expect(stateName(there.channel.snapshot)).toBe("settled");
      expect(faults).toEqual([]);
      release(here, there);
    });

    it("carry out one channel's commands in the order in which they came", async () => {
      const { one } = nodes();
      const channelId = newChannelId();
      const heard: string[] = [];
      const channel = await one.follow(channelId, (event) => {
        if ("message" in event.data) heard.push(event.data.message.messageId);
      });
      await channel.submit(joinOf(channelId));
      const messageIds = Array.from({ length: 20 }, (_, index) => `m${String(index)}`);
      const results = await Promise.all(
        messageIds.map((messageId) => channel.submit(wallet("OfferTerms", { messageId }))),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(messageIds.map(() => "stored"));
      expect(heard).toEqual(messageIds);
      channel.release();
    });

    it("let one of two racing nodes win; the other decides again on what was stored", async () => {
      const { one, two } = nodes();
      const channelId = newChannelId();
      const [here, there] = await Promise.all([one.follow(channelId, ignore), two.follow(channelId, ignore)]);
      await Promise.all([here.submit(joinOf(channelId)), there.submit(joinOf(channelId, customer))]);
      await here.submit(wallet("OfferTerms"));
      const results = await Promise.all([
        here.submit(wallet("SubmitPayment", { txid: paymentTxid })),
        there.submit(wallet("SubmitPayment", { txid: "ab".repeat(32), body: "another" })),
      ]);
      expect(results.map(({ outcome }) => outcome).sort()).toEqual(["refused", "stored"]);
      expect(results.find(({ outcome }) => outcome === "refused")).toMatchObject({ code: "PAYMENT_PENDING" });
      const { snapshot } = await one.read(channelId);
      expect(snapshot.context).toMatchObject({ joinCount: 2, attempts: [{ verdict: null }] });
      release(here, there);
    });

    it("store the same transaction once, sent through two nodes at the same moment", async () => {
      const { one, two } = nodes();
      const channelId = newChannelId();
      await one.submit(channelId, joinOf(channelId));
      const send = (registry: ChannelRegistry) => registry.submit(channelId, wallet("SubmitPayment"));
      const results = await Promise.all([send(one), send(two), send(one), send(two)]);
      expect(results.map(({ outcome }) => outcome).sort()).toEqual(["duplicate", "duplicate", "duplicate", "stored"]);
    });

    it("store a command once that is sent again with the same id, whatever else has happened", async () => {
      const { one, two } = nodes();
      const channelId = newChannelId();
      const command = joinOf(channelId);
      await one.submit(channelId, command);
      await one.submit(channelId, wallet("OfferTerms"));
      const again = { ...command, metadata: { ...command.metadata, nowMs: command.metadata.nowMs + 500 } };
      await two.submit(channelId, again).catch(ignore);
      expect((await two.read(channelId)).snapshot.context).toMatchObject({ joinCount: 1, eventCount: 2 });
    });

    it("answer a repeated question out of the log when its answer has been forgotten here", async () => {
      const { one } = nodes();
      const channelId = newChannelId();
      const channel = await one.follow(channelId, ignore);
      await channel.submit(joinOf(channelId));
      const refusal = wallet("RefusePayment", { body: "x".repeat(200_000) });
      const payment = wallet("SubmitPayment", { messageId: "p1" });
      for (const command of [payment, refusal, wallet("SubmitPayment", { txid: otherTxid }), wallet("AcceptPayment")]) {
        expect(await channel.submit(command)).toMatchObject({ outcome: "stored" });
      }
      const [attempt] = channel.channel.snapshot.context.attempts;
      const verdict = attempt?.verdict as Verdict;
      expect(verdict.data.message.raw).toBeNull();
      const whole = { data: { message: refusal.message } };
      expect(await channel.recall(verdict)).toMatchObject(whole);
      expect(await channel.submit(payment)).toMatchObject({ outcome: "duplicate", replies: [{ event: whole }] });
      channel.release();
    });

    it("expire an overdue channel at the next join, once for all nodes", async () => {
      const { one, two, faults } = nodes();
      const channelId = newChannelId();
      await one.submit(channelId, joinOf(channelId));
      const heard: string[] = [];
      const here = await one.follow(channelId, (event) => heard.push(event.type));
      const there = await two.follow(channelId, ignore);
      const results = await Promise.all([
        here.submit(joinOf(channelId, customer, expiresAtMs + 3)),
        there.submit(joinOf(channelId, customer, expiresAtMs + 9)),
        there.submit(wallet("OfferTerms", { nowMs: expiresAtMs + 9 })),
      ]);
      expect(results.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged", "refused"]);
      await vi.waitFor(() => expect(isEnded(there.channel.snapshot)).toBe(true));
      expect(heard).toEqual(["ChannelExpired"]);
      expect(there.channel).toEqual(here.channel);
      expect(await two.read(channelId)).toEqual(here.channel);
      expect(faults).toEqual([]);
      release(here, there);
    });

    it("leave memory with their last follower, and come back from the log", async () => {
      const { one } = nodes();
      const channelId = newChannelId();
      const before = one.size;
      const [first, second] = await Promise.all([one.follow(channelId, ignore), one.follow(channelId, ignore)]);
      await first.submit(joinOf(channelId));
      first.release();
      first.release();
      expect(one.size).toBe(before + 1);
      second.release();
      expect(one.size).toBe(before);
      const back = await one.follow(channelId, ignore);
      expect(stateName(back.channel.snapshot)).toBe("awaitingTermsRequest");
      back.release();
    });
  });
}

export function wholePayment(): readonly ChannelCommand[] {
  return [
    wallet("RequestTerms"),
    wallet("OfferTerms"),
    wallet("SubmitPayment"),
    wallet("AcceptPayment"),
    recordProof(paymentTxid),
  ];
}

function release(...channels: readonly FollowedChannel[]): void {
  for (const channel of channels) channel.release();
}
