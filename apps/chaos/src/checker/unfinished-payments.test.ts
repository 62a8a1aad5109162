import { expect, test } from "vitest";
import { openedAtMs } from "@p4/channel/testing";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import { customerFrames, historyOf, merchantFrames, paidLog, walletRecords } from "./test-support.ts";
import { unfinishedPayments } from "./unfinished-payments.ts";

const outcome: WalletRecord = {
  kind: "outcome",
  channelId: "inv1",
  txid: "t",
  outcome: "accepted",
  atMs: openedAtMs,
};
const both = [...walletRecords("merchant", merchantFrames), ...walletRecords("customer", customerFrames)];

test("a payment that all three know once is finished", () => {
  expect(unfinishedPayments(historyOf({ records: [...both, outcome] }), ["inv1"])).toEqual([]);
});

test("a payment that never began is not", () => {
  expect(unfinishedPayments(historyOf({ records: both }), ["inv2"])).toMatchObject([{ channelId: "inv2" }]);
});

test.each([
  ["told to the customer 0 times", { records: both }],
  ["told to the customer 2 times", { records: [...both, outcome, outcome] }],
  ["stored as accepted 0 times", { records: [...both, outcome], log: paidLog.slice(0, 5) }],
  ["given to the merchant 0 times", { records: [...walletRecords("customer", customerFrames), outcome] }],
  [
    "confirmed to the merchant 0 times",
    {
      records: [
        ...walletRecords("merchant", merchantFrames.slice(0, 3)),
        ...walletRecords("customer", customerFrames),
        outcome,
      ],
    },
  ],
])("finds a payment that was %s", (detail, changes) => {
  const [found] = unfinishedPayments(historyOf(changes), ["inv1"]);
  expect(found?.detail).toContain(detail);
});
