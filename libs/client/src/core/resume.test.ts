import { encodeMessage, serverMessage, type MessageHeaders } from "@p4/protocol";
import { describe, expect, it } from "vitest";
import { initialSession, type SessionEffect, type SessionInput, type SessionState } from "./session-core.ts";
import { step } from "./step.ts";

const limits = {
  role: "merchant",
  urlCount: 2,
  maxQueuedMessages: 2,
  maxFrameBytes: 10_000,
  joinTimeoutMs: 1_000,
  receiptTimeoutMs: 2_000,
  backoff: { firstDelayMs: 100, maxDelayMs: 1_000 },
} as const;

const start: SessionInput = { type: "start" };
const lost: SessionInput = { type: "lost", code: 1006, reason: "" };
const retry: SessionInput = { type: "timer", timer: "reconnect" };

function frame(key: string, sequence: number, headers: Record<string, string> = {}): SessionInput {
  const told = Object.entries({ "x-p4-sequence": String(sequence), ...headers });
  const list: MessageHeaders = told.map(([name, value]) => [name, [value]]);
  const message = serverMessage({ key, channelId: "c", messageId: "m", timestampMs: 0, headers: list });
  return { type: "frame", text: encodeMessage(message, "p4") };
}

/** Plays the inputs to a merchant's session; the effects are those of the last one. */
function given(...inputs: readonly SessionInput[]): { state: SessionState; effects: readonly SessionEffect[] } {
  let effects: readonly SessionEffect[] = [];
  let state = initialSession(limits);
  for (const input of inputs) ({ state, effects } = step(state, input, 0.5));
  return { state, effects };
}

const seated = frame("join.success", 7, { "x-p4-role": "merchant" });
const proof = frame("proof.create", 11);

describe("a merchant without the seat", () => {
  const early = [start, frame("join.success", 7, { "x-p4-role": "none" }), proof] as const;

  it("gets with the seat what waited for it, older than what it has heard, and that once", () => {
    const payment = frame("payment", 10);
    const { effects } = given(...early, seated, payment);
    expect(effects).toMatchObject([{ type: "deliver", repeated: false, received: { key: "payment" } }]);
    const { state, effects: again } = given(...early, seated, payment, proof);
    expect(again).toMatchObject([{ type: "deliver", repeated: true }]);
    expect([state.lastSequence, state.heardWithoutSeat]).toEqual([11, []]);
  });

  it("resumes from before it, and hears nothing twice", () => {
    const { effects } = given(...early, proof, lost, retry);
    expect(effects).toContainEqual({ type: "connect", urlIndex: 1, elsewhere: null, since: null });
    const { effects: replayed } = given(...early, lost, retry, seated, proof);
    expect(replayed).toMatchObject([{ type: "deliver", repeated: true }]);
  });
});

describe("a log that has begun anew", () => {
  it("is news, though its sequences are low", () => {
    const rejoined = frame("join.success", 5, { "x-p4-history": "partial" });
    const { state, effects } = given(start, seated, proof, lost, retry, rejoined, frame("proof.create", 4));
    expect(effects).toMatchObject([{ type: "deliver", repeated: false, received: { sequence: 4 } }]);
    expect(state.lastSequence).toBe(4);
  });
});
