import { describe, expect, test } from "vitest";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import { edgeFigures, missedFigures, walletFigures } from "./outage-figures.ts";

const outage = { lostAtMs: 1_000, healedAtMs: 2_000 };

function customer(session: string, channelId = session): WalletRecord {
  return { kind: "session", session, channelId, role: "customer", atMs: 0 };
}

function joined(connection: string, atMs: number): WalletRecord[] {
  const session = connection.slice(0, 2);
  return [{ kind: "connection", connection, session, url: "a", atMs }, heard(connection, "join.success", 1, atMs)];
}

function heard(connection: string, key: string, sequence: number, atMs: number): WalletRecord {
  return { kind: "frame", connection, key, messageId: "m", correlationId: "", sequence, atMs };
}

function lost(connection: string, code: number, atMs: number): WalletRecord {
  return { kind: "lost", connection, code, atMs };
}

describe("what the wallets met", () => {
  test("a socket that was open and is not closed by its wallet counts, whenever that was", () => {
    const records = [
      ...[customer("s1"), ...joined("s1/1", 10), lost("s1/1", 1006, 1_500)],
      ...[customer("s2"), ...joined("s2/1", 10), lost("s2/1", 4100, 2_500)],
      ...[customer("s3"), ...joined("s3/1", 10), lost("s3/1", 1000, 2_500)],
      ...[customer("s4"), ...joined("s4/1", 10), lost("s4/1", 1006, 900)],
      ...[customer("s5"), ...joined("s5/1", 10)],
    ];
    expect(walletFigures(records, outage)).toMatchObject({ socketsOpen: 4, socketsClosed: ["a: 1006", "a: 4100"] });
  });

  test("refusals and payments count within the outage alone", () => {
    const refused = (atMs: number, retryable: boolean): WalletRecord => ({
      kind: "refused",
      session: "s1",
      code: retryable ? "EDGE_UNAVAILABLE" : "TOO_LATE",
      retryable,
      atMs,
    });
    const started = (atMs: number): WalletRecord => ({
      kind: "flow",
      channelId: "s1",
      step: "started",
      detail: "",
      atMs,
    });
    const records = [refused(900, false), refused(1_100, true), refused(1_200, false), refused(2_000, false)];
    expect(walletFigures([...records, started(999), started(1_000), started(2_000)], outage)).toMatchObject({
      refusals: { EDGE_UNAVAILABLE: 1, TOO_LATE: 1 },
      finalRefusals: 1,
      paymentsBegunMeanwhile: 1,
    });
  });
});

describe("what was stored elsewhere meanwhile", () => {
  const missed = new Map([["s1", 7]]);

  test("is told on the old connection, before anything later", () => {
    const records = [customer("s1"), ...joined("s1/1", 10), heard("s1/1", "paymentrequest.response", 7, 2_030)];
    const figures = { told: 1, neverTold: 0, toldOutOfOrder: 0, afterMs: { median: 30, longest: 30 } };
    expect(missedFigures([...records, heard("s1/1", "receipt", 9, 2_040)], missed, outage)).toEqual(figures);
  });

  test("told after something later: the channel was served before it was compared", () => {
    const records = [customer("s1"), ...joined("s1/1", 10), heard("s1/1", "receipt", 9, 2_020)];
    const late = heard("s1/1", "paymentrequest.response", 7, 2_030);
    expect(missedFigures([...records, late], missed, outage)).toMatchObject({ told: 1, toldOutOfOrder: 1 });
    expect(missedFigures(records, missed, outage)).toMatchObject({ neverTold: 1, toldOutOfOrder: 1 });
  });

  test("told only on a new connection counts as never: that one asked for its history", () => {
    const records = [customer("s1"), ...joined("s1/1", 10), lost("s1/1", 1006, 2_010), ...joined("s1/2", 2_020)];
    const again = heard("s1/2", "paymentrequest.response", 7, 2_030);
    expect(missedFigures([...records, again], missed, outage)).toMatchObject({ told: 0, neverTold: 1 });
  });
});

describe("what an edge said", () => {
  const ready = (atMs: number, reason: string | null = null) => ({ atMs, ready: reason === null, reason });
  const join = (beganAtMs: number, status: number, hasRetryAfter = true) => ({
    beganAtMs,
    endedAtMs: beganAtMs + 10,
    status,
    hasRetryAfter,
  });

  test("not ready with its reasons, and ready again for good", () => {
    const samples = [ready(990), ready(1_100, "x"), ready(1_200, "y"), ready(2_100), ready(2_200, "x"), ready(2_300)];
    expect(edgeFigures("e", samples, [], outage)).toMatchObject({
      notReadyAfterMs: 100,
      reasons: ["x", "y"],
      readyAgainAfterMs: 300,
    });
    expect(edgeFigures("e", [ready(1_100), ready(2_100)], [], outage)).toMatchObject({
      notReadyAfterMs: null,
      readyAgainAfterMs: null,
    });
  });

  test("newcomers get 503 and Retry-After; joins that came earlier or are answered later do not count", () => {
    const joins = [join(980, 101), join(1_100, 503), join(1_200, 101), join(1_300, 503, false), join(1_995, 101)];
    expect(edgeFigures("e", [], joins, outage)).toMatchObject({
      joinsRefused: 1,
      joinsMishandled: ["answered with 101", "answered with 503"],
    });
  });
});
