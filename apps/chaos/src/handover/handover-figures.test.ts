import { expect, test } from "vitest";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import { handoverFigures } from "./handover-figures.ts";

const drain = { drainedHost: "a", signalledAtMs: 1_000 };

function opened(session: string, channelId: string): WalletRecord {
  return { kind: "session", session, channelId, role: "customer", atMs: 0 };
}

/** A connection of a session that joins at once. */
function joined(connection: string, url: string, atMs: number): WalletRecord[] {
  const session = connection.slice(0, 2);
  const frame = { key: "join.success", messageId: "j", correlationId: "", sequence: 1 };
  return [
    { kind: "connection", connection, session, url, atMs },
    { kind: "frame", connection, ...frame, atMs },
  ];
}

function lost(connection: string, code: number, atMs: number): WalletRecord {
  return { kind: "lost", connection, code, atMs };
}

test("a wallet that was sent away and joined elsewhere is handed over, its gap measured", () => {
  const records = [
    opened("s1", "c1"),
    ...joined("s1/1", "a", 10),
    lost("s1/1", 4200, 1_010),
    ...joined("s1/2", "b", 1_040),
  ];
  const gapMs = { median: 30, p99: 30, longest: 30 };
  expect(handoverFigures(records, drain)).toMatchObject({
    channelsHandedOver: 1,
    connectionsDrained: 1,
    connectionsBroken: 0,
    neverBack: 0,
    gapMs,
  });
});

test("two wallets of one channel are one channel and two connections", () => {
  const records = ["s1", "s2"].flatMap((session) => [
    opened(session, "c1"),
    ...joined(`${session}/1`, "a", 10),
    lost(`${session}/1`, 4200, 1_010),
    ...joined(`${session}/2`, "b", 1_040),
  ]);
  expect(handoverFigures(records, drain)).toMatchObject({ channelsHandedOver: 1, connectionsDrained: 2 });
});

test("a wallet that gets no other connection is told", () => {
  const records = [opened("s1", "c1"), ...joined("s1/1", "a", 10), lost("s1/1", 4200, 1_010)];
  expect(handoverFigures(records, drain)).toMatchObject({ channelsHandedOver: 0, neverBack: 1 });
});

test("a connection that breaks is no handover", () => {
  const records = [
    opened("s1", "c1"),
    ...joined("s1/1", "a", 10),
    lost("s1/1", 1006, 1_010),
    ...joined("s1/2", "b", 1_900),
  ];
  expect(handoverFigures(records, drain)).toMatchObject({
    channelsHandedOver: 0,
    connectionsBroken: 1,
    gapMs: { longest: 890 },
  });
});

test("what is lost at the other edge, or before the signal, or by leaving, does not count", () => {
  const records: WalletRecord[] = [
    opened("s1", "c1"),
    ...joined("s1/1", "b", 10),
    lost("s1/1", 1006, 1_010),
    opened("s2", "c2"),
    ...joined("s2/1", "a", 10),
    lost("s2/1", 1006, 900),
    opened("s3", "c3"),
    ...joined("s3/1", "a", 10),
    { kind: "ended", session: "s3", reason: "local", atMs: 2_000 },
    lost("s3/1", 1000, 2_000),
  ];
  expect(handoverFigures(records, drain)).toMatchObject({ connectionsDrained: 0, connectionsBroken: 0, neverBack: 0 });
});

test("counts the payments that had begun and not ended", () => {
  const flow = (step: "started" | "finished", atMs: number): WalletRecord => ({
    kind: "flow",
    channelId: "c1",
    step,
    detail: "",
    atMs,
  });
  const records = [flow("started", 100), flow("finished", 200), flow("started", 900), flow("finished", 1_100)];
  expect(handoverFigures(records, drain).underWayAtSignal).toBe(1);
});
