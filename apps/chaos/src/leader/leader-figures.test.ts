import { expect, test } from "vitest";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import { leaderFigures } from "./leader-figures.ts";

const moments = { begunAtMs: 0, killedAtMs: 1_000, restartedAtMs: 2_000, endAtMs: 4_000 };

function connected(session: string): WalletRecord[] {
  return [
    { kind: "session", session, channelId: session, role: "customer", atMs: 0 },
    { kind: "connection", connection: `${session}/1`, session, url: "a", atMs: 0 },
  ];
}

function sent(session: string, messageId: string, atMs: number): WalletRecord {
  return { kind: "sent", connection: `${session}/1`, key: "payment", messageId, atMs };
}

function receipt(session: string, correlationId: string, atMs: number): WalletRecord {
  const frame = { key: "receipt", messageId: "r", correlationId, sequence: 1 };
  return { kind: "frame", connection: `${session}/1`, ...frame, atMs };
}

test("a wait belongs to the phase in which the message was first sent", () => {
  const records = [
    ...connected("s1"),
    sent("s1", "m1", 900),
    sent("s1", "m1", 1_500), // repeated
    receipt("s1", "m1", 1_600),
    sent("s1", "m2", 1_700),
    receipt("s1", "m2", 1_710),
    sent("s1", "m3", 2_000),
    receipt("s1", "m3", 2_003),
  ];
  const { receiptMs, unavailability } = leaderFigures(records, moments);
  expect(receiptMs.before).toEqual({ count: 1, median: 700, p99: 700, longest: 700 });
  expect(receiptMs.during).toMatchObject({ count: 1, longest: 10 });
  expect(receiptMs.after).toMatchObject({ count: 1, longest: 3 });
  expect(unavailability).toEqual({ clients: 1, p99Ms: 700, longestMs: 700, overOneSecond: 0 });
});

test("counts the clients that waited longer than a second", () => {
  const records = ["s1", "s2"].flatMap((session, index) => [
    ...connected(session),
    sent(session, "m", 1_000),
    receipt(session, "m", 1_500 + index * 1_000),
  ]);
  expect(leaderFigures(records, moments).unavailability).toMatchObject({
    clients: 2,
    longestMs: 1_500,
    overOneSecond: 1,
  });
});

test("the rate is what began and was completed in time, not what was asked for", () => {
  const flow = (channelId: string, step: "started" | "finished", detail: string, atMs: number): WalletRecord => ({
    kind: "flow",
    channelId,
    step,
    detail,
    atMs,
  });
  const records = [
    flow("c1", "started", "", 100),
    flow("c1", "finished", "done", 300),
    flow("c2", "started", "", 1_100),
    flow("c2", "finished", "SESSION_CLOSED", 1_300),
    flow("c3", "started", "", 3_900),
    flow("c3", "finished", "done", 5_000),
    flow("c4", "started", "", 4_500),
  ];
  const figures = leaderFigures(records, moments);
  expect(figures).toMatchObject({ begunPerSecond: 0.75, completedPerSecond: 0.25 });
  expect(figures.paymentMs).toMatchObject({
    before: { longest: 200 },
    during: { count: 0 },
    after: { longest: 1_100 },
  });
});
