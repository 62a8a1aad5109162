import { describe, expect, it } from "vitest";
import { decodeEvent, encodeEvent } from "./event-codec.ts";
import { conversation } from "./test-support.ts";
import { join, merchant, otherTxid, paymentTxid, wallet } from "./testing.ts";
import { currentSchemaVersion, upcast } from "./upcast.ts";

function paidWith(txids: readonly string[]) {
  const { stored } = conversation(join(merchant), wallet("SubmitPayment", { txids }));
  return decodeEvent(stored[1]?.text ?? "", 2);
}

describe("schema versions", () => {
  it("an event that older builds fold alike keeps the version that they read", () => {
    expect(paidWith([paymentTxid])).toMatchObject({ metadata: { schemaVersion: 1 }, data: { txid: paymentTxid } });
    expect(paidWith([])).toMatchObject({ metadata: { schemaVersion: 1 }, data: { txid: null } });
  });

  it("a payment of several transactions, which they would fold to another state, has a newer one", () => {
    const payment = paidWith([paymentTxid, otherTxid]);
    expect(payment).toMatchObject({
      metadata: { schemaVersion: currentSchemaVersion },
      data: { txids: [paymentTxid, otherTxid] },
    });
  });
});

describe("upcast", () => {
  it("leaves an event of today alone", () => {
    const event = paidWith([paymentTxid]);
    expect(upcast(event)).toBe(event);
  });

  it.each([
    [paymentTxid, [paymentTxid]],
    [null, []],
  ])("gives the payment of an older build, with txid %s, its list", (txid, txids) => {
    const { txids: _txids, ...data } = (paidWith([paymentTxid]) as { data: Record<string, unknown> }).data;
    const old = { ...paidWith([paymentTxid]), data: { ...data, txid } };
    expect(decodeEvent(encodeEvent(old as never), 2)).toMatchObject({ data: { txid, txids } });
  });
});
