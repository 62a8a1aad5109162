import { paymentTransactionIds, sdkCrypto } from "@p4/spv";
import { describe, expect, test } from "vitest";
import { evidenceOf, forged, settledChannel, vectorTransaction, withEvents } from "./fixtures/paid-channel.ts";
import { verifyEvidence } from "./verify-evidence.ts";

const settled = evidenceOf(settledChannel());

describe("a payment that writes another transaction in another vocabulary", () => {
  test("given that one makes the outputs asked for, then it is not said that the payment does", () => {
    const other = `${vectorTransaction.slice(0, -8)}01000000`;
    const [otherTxid] = paymentTransactionIds(JSON.stringify({ rawTx: other }), sdkCrypto);
    const paying = "makes every output that the terms";
    expect(
      verifyEvidence(settled)
        .checks.map(({ statement }) => statement)
        .join(),
    ).toContain(paying);
    const text = forged(settled, (contents) =>
      withEvents(contents, (event) => {
        if (event.type !== "PaymentSubmitted") return event;
        const { message } = event.data;
        message.raw = message.raw.replace('"body":{', `"body":{"Mode":{"transactions":["${other}"]},`);
        event.data.txid = otherTxid;
        event.data.txids = [otherTxid];
        return event;
      }),
    );
    const payment = verifyEvidence(text).checks.filter(({ code }) => code === "PAYMENT");
    expect(payment).toMatchObject([{ status: "ok", statement: expect.stringContaining(String(otherTxid)) as string }]);
  });
});
