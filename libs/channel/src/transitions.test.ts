import { readdirSync, readFileSync } from "node:fs";
import { createActor, transition } from "xstate";
import { describe, expect, it } from "vitest";
import { channelMachine, channelStates, initialState, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import { applyEvent } from "./apply-event.ts";
import type { ChannelContext } from "./context.ts";
import { decodeEvent } from "./event-codec.ts";
import { evolve } from "./evolve.ts";
import { isProven } from "./proven.ts";
import type { SequencedEvent } from "./sequenced-event.ts";
import { decide } from "./test-support.ts";
import { given, join, merchant, paymentTxid, recordProof, revokeProof, sequenced, wallet, wayTo } from "./testing.ts";
import { transitionFrom } from "./transitions.ts";

const samples = new URL("../samples/", import.meta.url);
const events = readdirSync(samples)
  .filter((name) => name.endsWith(".json"))
  .map((name): SequencedEvent => {
    const event = decodeEvent(readFileSync(new URL(name, samples), "utf8"), 1_000);
    return { ...event, streamVersion: 1_000, sizeBytes: 900 };
  });

const stepOf = (context: ChannelContext, { type }: SequencedEvent) => ({ type, isProven: isProven(context) });

/** What the machine itself makes of the event, and what is remembered of it; null when it has no such transition. */
function byXState(snapshot: ChannelSnapshot, event: SequencedEvent): ChannelSnapshot | null {
  const context = applyEvent(snapshot.context, event);
  const [state, step] = [channelMachine.resolveState(snapshot), stepOf(context, event)];
  if (channelMachine.getTransitionData(state, step).length === 0) return null;
  return { value: transition(channelMachine, state, step)[0].value, context };
}

function byTable(snapshot: ChannelSnapshot, event: SequencedEvent): ChannelSnapshot | null {
  try {
    return evolve(snapshot, event);
  } catch {
    return null;
  }
}

describe("the table of transitions", () => {
  it.each(channelStates)("leads each kind of event from %s to where the machine leads it", (state) => {
    const snapshot = given(...wayTo[state]);
    for (const event of events) {
      // Twice: as asked, and as remembered.
      expect(byTable(snapshot, event), event.type).toEqual(byXState(snapshot, event));
      expect(byTable(snapshot, event), event.type).toEqual(byXState(snapshot, event));
    }
  });

  it("asks the machine's guard where the machine does", () => {
    const overtaken = given(join(merchant), wallet("SubmitPayment"), recordProof(paymentTxid));
    for (const [snapshot, command] of [
      [overtaken, wallet("AcceptPayment")],
      [given(...wayTo.awaitingProof), recordProof(paymentTxid)],
      [given(...wayTo.awaitingProof), recordProof("cc".repeat(32))],
      [given(...wayTo.settled), revokeProof(paymentTxid)],
    ] as const) {
      const decision = decide(command, snapshot);
      if (decision.outcome !== "accepted") throw new Error(decision.outcome);
      const event = sequenced(decision.event, 1_000);
      const { whenProven, otherwise } = transitionFrom(snapshot, event.type);
      expect(whenProven).not.toEqual(otherwise);
      expect(byTable(snapshot, event)).toEqual(byXState(snapshot, event));
    }
  });

  it("asks the machine once", () => {
    const [snapshot, again] = [given(...wayTo.awaitingAck), given(...wayTo.awaitingAck)];
    expect(transitionFrom(again, "PaymentRefused")).toBe(transitionFrom(snapshot, "PaymentRefused"));
  });

  it("ends where a running machine ends", () => {
    const file = readFileSync(new URL("conversations/paid-and-proved.v1.jsonl", samples), "utf8");
    const actor = createActor(channelMachine).start();
    let snapshot = initialState();
    for (const [index, text] of file.trimEnd().split("\n").entries()) {
      const event = { ...decodeEvent(text, index), streamVersion: index, sizeBytes: text.length };
      snapshot = evolve(snapshot, event);
      actor.send(stepOf(snapshot.context, event));
    }
    expect(actor.getSnapshot().value).toEqual(snapshot.value);
    expect(stateName(snapshot)).toBe("expired");
  });
});
