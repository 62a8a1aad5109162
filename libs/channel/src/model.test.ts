import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isEnded, stateName } from "./channel.machine.ts";
import { foldSealed, newChannel, sealFor, type Channel } from "./channel-fold.ts";
import type { ChannelCommand, WalletCommand } from "./commands.ts";
import { walletCommands } from "./decide-wallet.ts";
import type { Decision } from "./decision.ts";
import { evolve } from "./evolve.ts";
import { keptWholeBytes } from "./forget-old.ts";
import { pendingFor, roleListeners } from "./heard-by.ts";
import type { Participant } from "./participant.ts";
import { isForgotten } from "./remembered-event.ts";
import { sequence } from "./sequenced-event.ts";
import { decide, replay, sha256Hex } from "./test-support.ts";
import {
  close,
  customer,
  expire,
  expiresAtMs,
  join,
  merchant,
  metadata,
  recordProof,
  reportDoubleSpend,
  reportRejection,
  revokeProof,
  stranger,
  wallet,
} from "./testing.ts";
import type { StoredText } from "./timeline.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const txids = ["aa", "bb"].map((byte) => byte.repeat(32));
const anyone = fc.constantFrom<Participant>(merchant, { ...merchant, connectionId: "m2" }, customer, stranger);
/** Forgotten once it is not pending. */
const large = "z".repeat(keptWholeBytes);
// The two wallets mostly do what they may: otherwise few sequences would get anywhere.
const walletTypes = Object.keys(walletCommands) as WalletCommand["type"][];
const walletMessage = fc
  .record({
    type: fc.constantFrom(...walletTypes, "SubmitPayment", "AcceptPayment", "AcceptPayment"),
    from: fc.option(anyone, { freq: 3 }),
    messageId: fc.option(fc.constantFrom("1", "2", "3"), { freq: 2, nil: undefined }),
    txids: fc.subarray(txids),
    body: fc.constantFrom("x", "y", large),
    merchantIsAlive: fc.boolean(),
    nowMs: fc.integer({ min: 1_000, max: expiresAtMs + 50 }),
  })
  .map(({ type, from, messageId, ...rest }) => {
    return wallet(type, {
      ...rest,
      ...(from === null ? {} : { from }),
      ...(messageId === undefined ? {} : { messageId }),
    });
  });
const otherCommand: fc.Arbitrary<ChannelCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(anyone, fc.boolean()).map(([who, mayOpen]) => join(who, { mayOpen })) },
  { weight: 8, arbitrary: fc.constantFrom(...txids).map((txid) => recordProof(txid)) },
  { weight: 1, arbitrary: fc.constantFrom(...txids).map((txid) => reportDoubleSpend(txid)) },
  { weight: 1, arbitrary: fc.constantFrom(...txids).map((txid) => reportRejection(txid)) },
  { weight: 1, arbitrary: fc.constantFrom(...txids).map((txid) => revokeProof(txid)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: expiresAtMs - 5, max: expiresAtMs + 5 }).map((at) => {
      return { type: "ExtendDeadline", expiresAtMs: at, metadata: metadata() } as const;
    }),
  },
  { weight: 3, arbitrary: fc.integer({ min: expiresAtMs - 2, max: expiresAtMs + 6 }).map((nowMs) => expire(nowMs)) },
  { weight: 1, arbitrary: fc.constant(null).map(() => close()) },
);
const step = fc.record({
  command: fc.oneof({ weight: 3, arbitrary: walletMessage }, { weight: 1, arbitrary: otherCommand }),
  /** Events of other channels in between: versions grow with gaps. */
  gap: fc.integer({ min: 1, max: 1_000 }),
});

/** One command as an actor carries it out; the log grows by at most one event. */
function execute(command: ChannelCommand, gap: number, channel: Channel, log: StoredText[]): Channel {
  const decision = decide(command, channel.snapshot);
  expect(decide(command, channel.snapshot)).toEqual(decision);
  if (decision.outcome !== "accepted") return channel;
  const sealed = sealFor(channel, decision.event);
  const streamVersion = channel.streamVersion + gap;
  log.push({ text: sealed.text, streamVersion });
  return foldSealed(channel, sealed, streamVersion, sha256Hex).channel;
}

describe("whatever is asked of a channel", () => {
  const reached = new Set<string>();

  it.each([1, 2, 3, 4])("decisions and fold agree, quarter %i", (seed) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const log: StoredText[] = [];
        let channel = execute(join(merchant, { ackGraceMs: 5 }), 1, newChannel(), log);
        for (const { command, gap } of steps) {
          const before = channel;
          channel = execute(command, gap, before, log);
          if (isEnded(before.snapshot) && isWallets(command)) expect(channel).toBe(before);
          if (isEnded(before.snapshot)) expect(stateName(channel.snapshot)).toBe(stateName(before.snapshot));
          reached.add(stateName(channel.snapshot));
        }
        const { attempts, messages } = channel.snapshot.context;
        expect(attempts.filter(({ verdict }) => verdict?.type === "PaymentAccepted").length).toBeLessThanOrEqual(1);
        for (const attempt of attempts.slice(0, -1)) expect(attempt.verdict).not.toBeNull();
        for (const event of messages) expect(log.some((each) => each.streamVersion === event.streamVersion)).toBe(true);
        expect(replay(log)).toEqual(channel);
      }),
      { numRuns: 250, seed },
    );
  });

  // Otherwise the property would say little. The rarest is reached in some fifteen of the thousand runs.
  it("every state is reached", () => {
    for (const state of [
      "awaitingTerms",
      "awaitingPayment",
      "awaitingAck",
      "awaitingLateAck",
      "awaitingProof",
      "settled",
      "expired",
      "closed",
    ]) {
      expect(reached).toContain(state);
    }
  });
});

it("a wallet's message that was stored is always a duplicate", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const log: StoredText[] = [];
      let channel = execute(join(merchant, { ackGraceMs: 5 }), 1, newChannel(), log);
      const stored: WalletCommand[] = [];
      for (const { command, gap } of steps) {
        const before = channel;
        channel = execute(command, gap, before, log);
        if (channel !== before && "message" in command && command.type !== "EndChannel") stored.push(command);
      }
      fc.pre(stored.length > 0);
      for (const command of stored) {
        const retry = { ...command, merchantIsAlive: false, metadata: metadata(1_000) };
        expect(decide(retry, channel.snapshot)).toMatchObject({ outcome: "duplicate" });
      }
    }),
    { numRuns: 200 },
  );
});

/** As the same decision would read with everything remembered. */
function told(decision: Decision): unknown {
  if (decision.outcome !== "duplicate") return decision;
  const { streamVersion, replies } = decision;
  const versions = replies.map((reply) => (reply.kind === "forgotten" ? reply.event : reply).streamVersion);
  return { streamVersion, versions };
}

it("whatever is asked of a channel, what it has forgotten makes no difference", () => {
  let forgotten = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let channel = newChannel();
      let whole = channel.snapshot;
      for (const { command, gap } of [{ command: join(merchant, { ackGraceMs: 5 }), gap: 1 }, ...steps]) {
        const decision = decide(command, channel.snapshot);
        expect(told(decision)).toEqual(told(decide(command, whole)));
        if (decision.outcome !== "accepted") continue;
        const sealed = sealFor(channel, decision.event);
        const streamVersion = channel.streamVersion + gap;
        channel = foldSealed(channel, sealed, streamVersion, sha256Hex).channel;
        whole = evolve(whole, sequence(sealed.event, sealed.text, streamVersion));
        forgotten += channel.snapshot.context.messages.filter(isForgotten).length;
        expect(stateName(channel.snapshot)).toBe(stateName(whole));
        for (const listener of Object.values(roleListeners)) {
          expect(pendingFor(listener, channel.snapshot)).toEqual(pendingFor(listener, whole));
        }
      }
    }),
    { numRuns: 250 },
  );
  expect(forgotten).toBeGreaterThan(0);
});

function isWallets({ type }: ChannelCommand): boolean {
  return type in walletCommands || type === "JoinChannel";
}
