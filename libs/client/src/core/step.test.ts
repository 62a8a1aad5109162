import { describe, expect, it } from "vitest";
import { encodeErrorMessage, encodeMessage, errorReport, serverMessage, type MessageHeaders } from "@p4/protocol";
import { initialSession, type SessionEffect, type SessionInput, type SessionState } from "./session-core.ts";
import { step } from "./step.ts";

const limits = {
  role: "customer",
  urlCount: 2,
  maxQueuedMessages: 2,
  maxFrameBytes: 10_000,
  joinTimeoutMs: 1_000,
  receiptTimeoutMs: 2_000,
  backoff: { firstDelayMs: 100, maxDelayMs: 1_000 },
} as const;

const start: SessionInput = { type: "start" };
const joined = frame("join.success", { "x-p4-sequence": "7", "x-p4-state": "awaitingPayment" });

function joinedWith(headers: Record<string, string>): SessionInput {
  return frame("join.success", { "x-p4-sequence": "7", "x-p4-state": "awaitingPayment", ...headers });
}

function frame(key: string, headers: Record<string, string> = {}, correlationId = ""): SessionInput {
  const list: MessageHeaders = Object.entries(headers).map(([name, value]) => [name, [value]]);
  const message = serverMessage({ key, channelId: "c", messageId: "m", timestampMs: 0, correlationId, headers: list });
  return { type: "frame", text: encodeMessage(message, "p4") };
}

function relayed(key: string, sequence: number): SessionInput {
  return frame(key, { "x-p4-sequence": String(sequence) });
}

function receipt(messageId: string, outcome: string): SessionInput {
  return frame("receipt", { "x-p4-sequence": "8", "x-p4-outcome": outcome }, messageId);
}

function refusal(errCode: string, correlationId: string, originKey: string): SessionInput {
  const origin = { key: originKey, messageId: "", correlationId, bodyText: null };
  const texts = { title: "no", description: "rule", errCode, origin };
  const report = errorReport({ ...texts, channelId: "c", messageId: "e", timestampMs: 0 });
  return { type: "frame", text: encodeErrorMessage(report, "p4") };
}

function send(messageId: string, key = "payment", correlationId = messageId, text = `<${messageId}>`): SessionInput {
  return { type: "send", entry: { messageId, correlationId, key, text } };
}

function lost(code: number, reason = ""): SessionInput {
  return { type: "lost", code, reason };
}

/** Plays the inputs; the effects are those of the last one. */
function given(...inputs: readonly SessionInput[]): { state: SessionState; effects: readonly SessionEffect[] } {
  let effects: readonly SessionEffect[] = [];
  let state = initialSession(limits);
  for (const input of inputs) ({ state, effects } = step(state, input, 0.5));
  return { state, effects };
}

function written(effects: readonly SessionEffect[]): string[] {
  return effects.flatMap((effect) => (effect.type === "write" ? [effect.text] : []));
}

function reconnectDelayMs(effects: readonly SessionEffect[]): number | undefined {
  const timer = effects.find((effect) => effect.type === "setTimer" && effect.timer === "reconnect");
  return timer?.type === "setTimer" ? timer.delayMs : undefined;
}

describe("joining", () => {
  it("connects afresh, and writes nothing before the join", () => {
    expect(given(start).effects).toContainEqual({ type: "connect", urlIndex: 0, elsewhere: null, since: null });
    expect(written(given(start, send("a")).effects)).toEqual([]);
    expect(written(given(start, send("a"), send("b"), joined).effects)).toEqual(["<a>", "<b>"]);
  });

  it("tells what the server said", () => {
    const known = {
      sequence: 7,
      channelState: "awaitingPayment",
      expiresAt: null,
      history: "complete",
      resumed: false,
    };
    const unsaid = { role: null, merchantPresent: null, maxMessageBytes: null };
    expect(given(start, joined).effects).toContainEqual({
      type: "emit",
      event: { type: "joined", join: { ...known, ...unsaid } },
    });
    const headers = { "x-p4-role": "customer", "x-p4-merchant": "absent", "x-p4-max-message-bytes": "50" };
    const told = { role: "customer", merchantPresent: false, maxMessageBytes: 50 };
    expect(given(start, joinedWith(headers)).effects).toContainEqual({
      type: "emit",
      event: { type: "joined", join: { ...known, ...told } },
    });
    expect(given(start, joinedWith({ "x-p4-role": "none" })).effects).toContainEqual({
      type: "emit",
      event: { type: "joined", join: { ...known, ...unsaid } },
    });
  });

  it("tells of the seat that it gets later, and sends nothing again", () => {
    const { state } = given(start, joinedWith({ "x-p4-role": "none" }));
    const seated = step(state, joinedWith({ "x-p4-role": "merchant" }), 0);
    expect(seated.state).toEqual({ ...state, hasSeat: true });
    expect(seated.effects).toMatchObject([{ type: "emit", event: { type: "joined", join: { role: "merchant" } } }]);
  });

  it("replaces a socket that does not greet in time", () => {
    const { state, effects } = given(start, { type: "timer", timer: "join" });
    expect(effects[0]).toMatchObject({ type: "disconnect", code: 4100 });
    expect(state.phase).toBe("waiting");
  });
});

describe("a lost connection", () => {
  it("is tried again at the next address, from the last message on", () => {
    const { effects } = given(start, joined, relayed("payment.ack", 9), lost(1006), {
      type: "timer",
      timer: "reconnect",
    });
    expect(effects).toContainEqual({ type: "connect", urlIndex: 1, elsewhere: null, since: 9 });
  });

  it("waits longer each time, with half of it left to chance, up to the limit", () => {
    const retry: SessionInput = { type: "timer", timer: "reconnect" };
    expect(reconnectDelayMs(given(start, lost(1006)).effects)).toBe(75);
    expect(reconnectDelayMs(given(start, lost(1006), retry, lost(4100)).effects)).toBe(150);
    const many = Array.from({ length: 20 }, () => [retry, lost(4290)]).flat();
    expect(reconnectDelayMs(given(start, lost(1006), ...many).effects)).toBe(750);
  });

  it("resets the backoff only once a connection has lasted", () => {
    const retry: SessionInput = { type: "timer", timer: "reconnect" };
    const flapping = [start, joined, lost(1006), retry, joined, lost(1006)] as const;
    expect(reconnectDelayMs(given(...flapping).effects)).toBe(150);
    const stable: SessionInput = { type: "timer", timer: "stable" };
    expect(reconnectDelayMs(given(...flapping, retry, joined, stable, lost(1006)).effects)).toBe(75);
  });

  it("goes elsewhere at once when the server drains", () => {
    expect(reconnectDelayMs(given(start, joined, lost(4200)).effects)).toBe(0);
  });

  it("goes where the server says that the home is, at once, and counts that as no failure", () => {
    const sentOn = lost(4200, "EDGE_HOME_ELSEWHERE: wss://b.pay.example");
    const retry: SessionInput = { type: "timer", timer: "reconnect" };
    const { state, effects } = given(start, lost(1006), retry, sentOn);
    expect([state.failures, state.urlIndex]).toEqual([1, 1]);
    expect(effects).toContainEqual({ type: "connect", urlIndex: 1, elsewhere: "wss://b.pay.example", since: null });
    // A timer would cost a wallet far from its home a few milliseconds at each join.
    expect(reconnectDelayMs(effects)).toBeUndefined();
    // One attempt: what comes after it is the session's own address again.
    const after = given(start, sentOn, lost(1006), retry);
    expect(after.effects[0]).toMatchObject({ type: "connect", elsewhere: null, urlIndex: 1 });
  });

  it("is not sent back and forth without end by sites that do not agree", () => {
    const sentOn = lost(4200, "EDGE_HOME_ELSEWHERE: wss://b.pay.example");
    const retry: SessionInput = { type: "timer", timer: "reconnect" };
    const rounds = [sentOn, sentOn, sentOn, sentOn];
    const four = given(start, ...rounds, lost(1006), retry, sentOn);
    expect(reconnectDelayMs(four.effects)).toBeGreaterThan(0);
    const joinedBetween = given(start, ...rounds, joined, sentOn);
    expect(joinedBetween.effects).toContainEqual(expect.objectContaining({ type: "connect" }));
  });

  it.each([
    [4000, "", "refused", "CHANNEL_CLOSED"],
    [4000, "channel.expired", "expired", "CHANNEL_EXPIRED"],
    [4000, "channel.closed", "closed", "CHANNEL_CLOSED"],
    [1008, "policy", "refused", "JOIN_REFUSED"],
    [4400, "EDGE_BAD_JOIN: since: 0 or more", "refused", "EDGE_BAD_JOIN"],
    [4401, "EDGE_TOKEN: token: one that was signed", "refused", "EDGE_TOKEN"],
    [4404, "CHANNEL_UNKNOWN: inv1", "refused", "CHANNEL_UNKNOWN"],
    [4499, "", "refused", "JOIN_REFUSED"],
  ])("ends the session when the server closes with %i %j", (code, text, reason, errorCode) => {
    const { state, effects } = given(start, send("a"), lost(code, text));
    expect(state.phase).toBe("ended");
    expect(effects).toContainEqual(expect.objectContaining({ type: "reject", messageId: "a" }));
    expect(effects.at(-1)).toMatchObject({
      type: "emit",
      event: { type: "ended", reason, error: { code: errorCode, retryable: false } },
    });
    expect(reconnectDelayMs(effects)).toBeUndefined();
  });

  it("says what the server said of a refused join", () => {
    const { state } = given(start, lost(4404, "CHANNEL_UNKNOWN: inv1: the merchant has to open it first"));
    expect(state.end?.message).toBe("inv1: the merchant has to open it first");
  });

  it("ends once no socket may be made to any of the addresses", () => {
    const blocked: SessionInput = { type: "blocked", reason: "mixed content" };
    const retry: SessionInput = { type: "timer", timer: "reconnect" };
    expect(given(start, blocked).state.phase).toBe("waiting");
    expect(given(start, blocked, retry, lost(1006), retry, blocked).state.phase).toBe("waiting");
    expect(given(start, blocked, retry, joined, lost(1006), retry, blocked).state.phase).toBe("waiting");
    expect(given(start, blocked, retry, blocked).state).toMatchObject({
      phase: "ended",
      end: { code: "CONNECTION_BLOCKED" },
    });
  });

  it("gives up the largest message when the server closes with 1009, and keeps the others", () => {
    const sent = [send("small"), send("big", "payment", "big", "x".repeat(99))] as const;
    const { state, effects } = given(start, joined, ...sent, lost(1009));
    expect(effects[0]).toMatchObject({ type: "reject", messageId: "big", error: { code: "MESSAGE_TOO_LARGE" } });
    expect(state.outbox.map(({ messageId }) => messageId)).toEqual(["small"]);
  });
});

describe("a message on its way", () => {
  const reconnected = [lost(1006), { type: "timer", timer: "reconnect" }, joined] as const;

  it("is confirmed by its receipt", () => {
    const { state, effects } = given(start, joined, send("a"), receipt("a", "stored"));
    expect(effects).toEqual([
      { type: "confirm", receipt: { messageId: "a", sequence: 8, outcome: "stored" } },
      { type: "clearTimer", timer: "receipt" },
    ]);
    expect(state.outbox).toEqual([]);
  });

  it("is told of when the server did not recognise its body", () => {
    const text = '{"key":"receipt","correlationID":"a","headers":{"x-p4-warning":"body.rawtx: is spelled rawTx"}}';
    const { effects } = given(start, joined, send("a"), { type: "frame", text });
    const event = { type: "warned", messageId: "a", warning: "body.rawtx: is spelled rawTx" };
    expect(effects).toContainEqual({ type: "emit", event });
  });

  it("is written again, as it was, after a loss without its receipt", () => {
    expect(written(given(start, joined, send("a"), ...reconnected).effects)).toEqual(["<a>"]);
    expect(written(given(start, joined, send("a"), receipt("a", "stored"), ...reconnected).effects)).toEqual([]);
  });

  it("replaces a connection on which no receipt comes", () => {
    expect(given(start, joined, send("a")).effects).toContainEqual({
      type: "setTimer",
      timer: "receipt",
      delayMs: 2_000,
    });
    const { state } = given(start, joined, send("a"), { type: "timer", timer: "receipt" });
    expect([state.phase, state.outbox.length]).toEqual(["waiting", 1]);
  });

  it("is not sent at all when the server has said that it is too large", () => {
    const large = send("large", "payment", "large", "é".repeat(26));
    const limited = joinedWith({ "x-p4-max-message-bytes": "50" });
    const { state, effects } = given(start, limited, large);
    expect(effects).toMatchObject([{ type: "reject", messageId: "large", error: { code: "MESSAGE_TOO_LARGE" } }]);
    expect(state.outbox).toEqual([]);
    expect(written(given(start, limited, send("fits", "payment", "fits", "é".repeat(25))).effects)).toHaveLength(1);
    const waiting = given(start, large, send("small"), limited).effects;
    expect(waiting).toContainEqual(expect.objectContaining({ type: "reject", messageId: "large" }));
    expect(written(waiting)).toEqual(["<small>"]);
  });

  it("tells by its receipt whether a merchant is there", () => {
    const sent = [start, joinedWith({ "x-p4-merchant": "present" }), send("a")] as const;
    expect(given(...sent).state.merchantPresent).toBe(true);
    const gone = frame("receipt", { "x-p4-outcome": "stored", "x-p4-merchant": "absent" }, "a");
    expect(given(...sent, gone).state.merchantPresent).toBe(false);
    expect(given(...sent, receipt("a", "stored")).state.merchantPresent).toBe(true);
  });

  it("is refused when too many wait", () => {
    const { effects } = given(start, send("a"), send("b"), send("c"));
    expect(effects).toMatchObject([{ type: "reject", messageId: "c", error: { code: "QUEUE_FULL" } }]);
  });

  it("is written once the pause after a refusal for now is over", () => {
    const refused = [start, joined, send("a"), refusal("STORE_UNAVAILABLE", "a", "payment")] as const;
    expect(given(...refused).effects).toContainEqual({ type: "setTimer", timer: "resend:a", delayMs: 75 });
    expect(written(given(...refused, { type: "timer", timer: "resend:a" }).effects)).toEqual(["<a>"]);
    // A join in the meantime writes it: no timer is left, and a late one does nothing.
    const taken = given(...refused, ...reconnected).effects;
    expect(written(taken)).toEqual(["<a>"]);
    expect(taken).toContainEqual({ type: "clearTimer", timer: "resend:a" });
    const timer: SessionInput = { type: "timer", timer: "resend:a" };
    expect(written(given(...refused, ...reconnected, timer).effects)).toEqual([]);
  });

  it("is rejected by a refusal for good", () => {
    const { state, effects } = given(start, joined, send("a"), refusal("ALREADY_PAID", "a", "payment"));
    expect(effects).toContainEqual(expect.objectContaining({ type: "reject", messageId: "a" }));
    expect(state.outbox).toEqual([]);
  });

  it("is found by its correlation id when it answers a message, but only with the right key", () => {
    const answer = send("a.ack", "payment.ack", "question");
    const rejected = expect.objectContaining({ type: "reject", messageId: "a.ack" }) as unknown;
    expect(given(start, joined, answer, refusal("ILLEGAL_STEP", "question", "payment.ack")).effects).toContainEqual(
      rejected,
    );
    const other = given(start, joined, answer, refusal("ILLEGAL_STEP", "question", "payment.error")).effects;
    expect(other).not.toContainEqual(rejected);
  });

  it("is not written again once it was cancelled", () => {
    expect(
      written(given(start, joined, send("a"), { type: "cancel", messageId: "a" }, ...reconnected).effects),
    ).toEqual([]);
  });

  it("is confirmed by the writing itself where the server keeps no log", () => {
    const { state, effects } = given(start, frame("join.success"), send("a"));
    expect(effects).toEqual([
      { type: "write", text: "<a>" },
      { type: "confirm", receipt: { messageId: "a", sequence: null, outcome: "written" } },
    ]);
    expect(state.outbox).toEqual([]);
  });
});

describe("a received message", () => {
  it("is delivered once, and marked when it comes again", () => {
    const first = given(start, joined, relayed("payment.ack", 9));
    expect(first.effects).toMatchObject([{ type: "deliver", repeated: false, received: { sequence: 9 } }]);
    const again = given(start, joined, relayed("payment.ack", 9), relayed("payment.ack", 9));
    expect(again.effects).toMatchObject([{ type: "deliver", repeated: true }]);
  });

  it("is passed over when it is this wallet's own, but counts for the resume", () => {
    const { state, effects } = given(start, joined, relayed("payment", 9));
    expect([effects, state.lastSequence]).toEqual([[], 9]);
  });

  it.each(["{", "[]", '{"key":"from.the.future"}'])("is passed over when it cannot be understood: %s", (text) => {
    expect(given(start, joined, { type: "frame", text }).effects).toEqual([]);
  });

  it.each([
    ["channel.expired", "CHANNEL_EXPIRED"],
    ["channel.closed", "CHANNEL_CLOSED"],
  ])("ends the session with %s", (key, code) => {
    const { state, effects } = given(start, joined, send("a"), relayed(key, 9));
    expect(effects).toContainEqual(expect.objectContaining({ type: "reject", messageId: "a" }));
    expect(effects.at(-1)).toMatchObject({ type: "emit", event: { type: "ended", error: { code } } });
    const after = step(state, send("b"), 0);
    expect(after.effects).toMatchObject([{ type: "reject", messageId: "b", error: { code } }]);
  });
});
