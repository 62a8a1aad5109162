import { customer, join, merchant, paymentTxid, wallet } from "@p4/channel/testing";
import { sha256Hex } from "@p4/node-crypto";
import { describe, expect, test } from "vitest";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import { check } from "./check.ts";
import type { History, LoggedEvent } from "./history.ts";
import { customerFrames, historyOf, logOf, merchantFrames, paidLog, walletRecords } from "./test-support.ts";

const limits = { lateAfterMs: 2_000, expiryGraceMs: 5_000 };
const found = (history: History): string[] => check(history, limits, sha256Hex).map(({ code }) => code);
const without = (version: number): LoggedEvent[] => paidLog.filter((event) => event.streamVersion !== version);
const outcome = (text: string): WalletRecord => ({
  kind: "outcome",
  channelId: "inv1",
  txid: paymentTxid,
  outcome: text,
  atMs: 7_000,
});

describe("a history in which all is well", () => {
  test("has no violation", () => {
    expect(found(historyOf())).toEqual([]);
  });

  test("may repeat a receipt, and deliver nothing to a wallet that never joined", () => {
    const again: WalletRecord[] = [
      ...walletRecords("customer", [...customerFrames, ["receipt", "pay", 50]]),
      { kind: "session", session: "s-late", channelId: "inv1", role: "merchant", atMs: 2_000 },
    ];
    expect(found(historyOf({ records: again }))).toEqual([]);
  });

  test("may lack the verdict of a payment whose customer was told of none", () => {
    expect(found(historyOf({ records: [outcome("CHANNEL_EXPIRED")] }))).toEqual([]);
  });
});

describe("the log", () => {
  test("lacks what it had acknowledged and delivered", () => {
    const codes = found(historyOf({ log: without(60) }));
    expect(codes).toContain("LOST_ACKNOWLEDGED");
    expect(codes).toContain("LOST_DELIVERED");
    expect(codes).toContain("ILLEGAL_HISTORY");
  });

  test("has another message where one was delivered", () => {
    const records = walletRecords("customer", [["payment.ack", "forged", 60]]);
    expect(found(historyOf({ records }))).toContain("LOST_DELIVERED");
  });

  test("has a message twice", () => {
    const last = paidLog.at(-2) as LoggedEvent;
    expect(found(historyOf({ log: [...paidLog, { ...last, streamVersion: 80 }] }))).toContain("STORED_TWICE");
  });

  test("was changed: the hash chain breaks", () => {
    const log = paidLog.map((e) => (e.streamVersion === 30 ? { ...e, text: e.text.replace("p4", "dpp") } : e));
    expect(found(historyOf({ log }))).toEqual(["ILLEGAL_HISTORY"]);
  });
});

describe("delivery", () => {
  test("out of order", () => {
    const [first, , third] = merchantFrames;
    const records = walletRecords("merchant", [third, first] as typeof merchantFrames);
    expect(found(historyOf({ records }))).toContain("OUT_OF_ORDER");
  });

  test("with something left out", () => {
    const records = walletRecords("merchant", merchantFrames.slice(1));
    expect(found(historyOf({ records }))).toContain("GAP");
  });

  test("that comes too late to a wallet whose connection is open", () => {
    const records = walletRecords("merchant", merchantFrames.slice(0, 1));
    expect(found(historyOf({ records }))).toEqual(["DELIVERED_LATE"]);
  });

  test("that never came, but the connection was lost soon", () => {
    const records = walletRecords("merchant", merchantFrames.slice(0, 1)).map((record) =>
      record.kind === "lost" ? { ...record, atMs: 6_000 } : record,
    );
    expect(found(historyOf({ records }))).toEqual([]);
  });
});

describe("expiry", () => {
  const open = [join(merchant), join(customer)] as const;

  test("did not happen though the channel was due", () => {
    expect(found(historyOf({ log: logOf(...open), records: [] }))).toEqual(["NOT_EXPIRED"]);
  });

  test("is not due yet", () => {
    const history = historyOf({ log: logOf(...open), records: [] });
    expect(found({ ...history, readAtMs: 12_000 })).toEqual([]);
  });

  test("happened twice", () => {
    const last = paidLog.at(-1) as LoggedEvent;
    expect(found(historyOf({ log: [...paidLog, { ...last, streamVersion: 90 }] }))).toContain("EXPIRED_TWICE");
  });

  test("came early", () => {
    const log = paidLog.map((e) => ({
      ...e,
      text: e.text.replace('"expiresAtMs":8000,"openedBy"', '"expiresAtMs":9000,"openedBy"'),
    }));
    expect(found(historyOf({ log }))).toContain("EXPIRED_EARLY");
  });
});

describe("a payment's outcome", () => {
  test("is the same for all", () => {
    expect(found(historyOf({ records: [outcome("accepted")] }))).toEqual([]);
  });

  test("is another one for the customer", () => {
    expect(found(historyOf({ records: [outcome("refused")] }))).toEqual(["OUTCOMES_DIFFER"]);
  });

  test("is known to the customer, and not in the log", () => {
    const log = logOf(join(merchant), wallet("SubmitPayment", { messageId: "pay" }));
    const history = { ...historyOf({ log, records: [outcome("accepted")] }), readAtMs: 9_000 };
    expect(found(history)).toEqual(["OUTCOMES_DIFFER"]);
  });

  test("is another one for the merchant", () => {
    const verdict: WalletRecord = {
      kind: "verdict",
      channelId: "inv1",
      txid: paymentTxid,
      accepted: false,
      atMs: 6_000,
    };
    expect(found(historyOf({ records: [verdict] }))).toEqual(["OUTCOMES_DIFFER"]);
  });

  test("was proved, and the log does not know it", () => {
    const callback: WalletRecord = { kind: "callback", channelId: "inv1", txid: paymentTxid, atMs: 7_000 };
    expect(found(historyOf({ records: [callback] }))).toEqual(["LOST_ACKNOWLEDGED"]);
  });

  test("is waited for without end", () => {
    const stuck: WalletRecord = {
      kind: "flow",
      channelId: "inv1",
      step: "stuck",
      detail: "TimeoutError",
      atMs: 99_000,
    };
    expect(found(historyOf({ records: [stuck] }))).toEqual(["WAITED_FOR_EVER"]);
  });
});
