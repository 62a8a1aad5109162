import { describe, expect, it } from "vitest";
import { withRecordedLog, said } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (...args: readonly string[]) => runP4(args, { env: log.env });

interface Replayed {
  readonly state: string;
  readonly sent?: { readonly merchant: string[]; readonly customer: string[] };
  readonly pending: { readonly merchant: string[]; readonly customer: string[] };
  readonly entries: {
    readonly streamVersion: number;
    readonly what: string;
    readonly before: string;
    readonly after: string;
  }[];
}

describe("p4 replay", () => {
  it("tells who sent what, what it changed and who is waited for", async () => {
    await log.record("paid", said("RequestTerms"), said("OfferTerms"), said("SubmitPayment"));
    const { exitCode, out } = await p4("replay", "paid");
    expect(exitCode).toBe(0);
    expect(out).toMatch(/merchant +join/);
    expect(out).toMatch(/customer +payment +awaitingPayment -> awaitingAck/);
    expect(out).toContain("pending for the merchant: payment");
    expect(out).toMatch(/waits for the merchant, [\d.]+ m?s by now/);
  });

  it("says of what waits whether it was sent", async () => {
    const asked = said("RequestTerms");
    await log.record("handed", asked);
    expect((await p4("replay", "handed")).out).toContain(
      "pending for the merchant: paymentrequest.create (sent, not confirmed)",
    );
    await log.node.registry.submit("handed", said("OfferTerms"));
    await log.node.registry.submit("handed", said("SubmitPayment"));
    const { out } = await p4("replay", "handed");
    expect(out).toContain("pending for the merchant: payment (sent, not confirmed)");
    await log.record("lonely", said("OfferTerms"));
    expect((await p4("replay", "lonely")).out).toContain(
      "paymentrequest.response (not sent: its wallet has not joined)",
    );
  });

  it("shows bodies, each line as what it is", async () => {
    const body = { memo: "two\u001b[31m teas", outputs: [{ amount: 7, script: "6a" }] };
    await log.record("told", said("OfferTerms", { body }));
    const { out } = await p4("replay", "told", "--bodies");
    expect(out).toContain('        "amount": 7');
    expect(out).toContain("two\\u001b[31m teas");
    expect((await p4("replay", "told")).out).not.toContain('"amount"');
    const { entries } = (await p4("replay", "told", "--bodies", "--json")).json<{
      entries: { body: string | null }[];
    }>();
    expect(entries.map((entry) => entry.body)).toEqual([null, JSON.stringify(body)]);
  });

  it("stops at a sequence: the state then, and what each party had been sent", async () => {
    await log.record("travelled", said("RequestTerms"), said("OfferTerms"), said("SubmitPayment"));
    const whole = (await p4("replay", "travelled", "--json")).json<Replayed>();
    const at = String(whole.entries[2]?.streamVersion);
    const { state, sent, pending, entries } = (await p4("replay", "travelled", "--at", at, "--json")).json<Replayed>();
    expect(state).toBe("awaitingPayment");
    expect(sent).toEqual({ merchant: ["paymentrequest.create"], customer: ["paymentrequest.response"] });
    expect(pending.customer).toEqual(["paymentrequest.response"]);
    expect(entries).toEqual(whole.entries.slice(0, 3));
  });

  it("stops at a time by the broker's clock", async () => {
    await log.record("early");
    const [opened] = await log.node.log.readStream("early");
    await log.record("late");
    const stored = new Date((opened?.storedAtMs ?? 0) + 1).toISOString();
    expect((await p4("replay", "early", "--at", stored, "--json")).json<Replayed>().entries).toHaveLength(1);
    const before = await p4("replay", "early", "--at", "2020-01-01", "--json");
    expect([before.exitCode, before.json()]).toMatchObject([1, { error: { code: "NOTHING_YET" } }]);
  });

  it("follows until it is interrupted", async () => {
    await log.record("followed");
    const interrupt = new AbortController();
    const heard: string[] = [];
    const onLine = (line: string): void => {
      heard.push((JSON.parse(line) as { what: string }).what);
      if (heard.length === 1) void log.node.registry.submit("followed", said("OfferTerms"));
      if (heard.length === 2) interrupt.abort();
    };
    await runP4(["replay", "followed", "--follow", "--json"], { env: log.env, signal: interrupt.signal, onLine });
    expect(heard).toEqual(["join", "paymentrequest.response"]);
  });

  it("tells an unknown channel from a misspelt id and a misspelt point", async () => {
    const unknown = await p4("replay", "unknown");
    expect([unknown.exitCode, unknown.out]).toEqual([1, ""]);
    expect(unknown.err).toContain("no channel unknown");
    expect((await p4("replay", "unkn*wn")).exitCode).toBe(2);
    expect((await p4("replay", "unknown", "--at", "yesterday")).err).toContain("2026-11-23T09:30");
  });

  it.each([
    { what: "bytes that are no event", text: "{", code: "LOG_EVENT_CORRUPT" },
    { what: "a newer event", text: JSON.stringify(event({ schemaVersion: 99 })), code: "LOG_EVENT_TOO_NEW" },
    { what: "a gap", text: JSON.stringify(event({ previousHash: "00".repeat(32) })), code: "LOG_CHAIN_BROKEN" },
  ])("names the place of $what, and prints no part", async ({ text, code }) => {
    const channelId = `bad-${code}`;
    await log.record(channelId);
    const place = await log.appendRaw(channelId, text);
    const { exitCode, out, err } = await p4("replay", channelId, "--json");
    expect([exitCode, JSON.parse(out)]).toMatchObject([1, { error: { code } }]);
    expect(err).toContain(`channel ${channelId}`);
    expect(err).toContain(`at ${place}`);
    expect((await p4("replay", channelId, "--at", String(place - 1))).exitCode).toBe(0);
  });

  it("tells where a clock went back", async () => {
    await log.record("backwards", said("RequestTerms", { nowMs: Date.now() - 60_000 }));
    const { exitCode, out, err } = await p4("replay", "backwards");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/-1 m 0 s/);
    expect(err).toMatch(/a clock went back by 1 m 0 s at sequence \d+/);
  });
});

function event(metadata: object) {
  return {
    type: "DeadlineExtended",
    data: { expiresAtMs: 1 },
    metadata: {
      eventId: "e",
      schemaVersion: 1,
      recordedAtMs: 1,
      previousHash: "",
      correlationId: "",
      causationId: "",
      ...metadata,
    },
  };
}
