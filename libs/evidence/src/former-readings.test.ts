import { describe, expect, test } from "vitest";
import { evidenceOf, forged, settledChannel, vectorTransaction, withEvents } from "./fixtures/paid-channel.ts";
import { verifyEvidence } from "./verify-evidence.ts";

const settled = evidenceOf(settledChannel());

describe("what an earlier version of the server stored", () => {
  const verified = (type: string, from: RegExp, to: string): boolean => {
    let found = false;
    const text = forged(settled, (contents) =>
      withEvents(contents, (event) => {
        if (event.type !== type) return event;
        found = from.test(event.data.message.raw);
        event.data.message.raw = event.data.message.raw.replace(from, to);
        return event;
      }),
    );
    expect(found).toBe(true);
    return verifyEvidence(text).verdict !== "fails";
  };

  test("given an ack that was read without regard to Error and success, then it still verifies", () => {
    expect(verified("PaymentAccepted", /"body":\{/, '"body":{"Error":1,')).toBe(true);
    expect(verified("PaymentAccepted", /"body":\{/, '"body":{"success":false,')).toBe(true);
  });

  test("given one that says no under any reading, then it does not", () => {
    expect(verified("PaymentAccepted", /"body":\{/, '"body":{"error":1,')).toBe(false);
  });

  test("given the last of a payment's transactions alone, then it still verifies", () => {
    const hybrid = (list: string): string => `"body":{"mode":{"transactions":[${list}]}}`;
    const raw = vectorTransaction;
    const other = `${raw.slice(0, -8)}01000000`;
    expect(verified("PaymentSubmitted", /"body":\{.*\}(?=,"messageId")/, hybrid(`"${other}","${raw}"`))).toBe(true);
    expect(verified("PaymentSubmitted", /"body":\{.*\}(?=,"messageId")/, hybrid(`"${raw}","${other}"`))).toBe(false);
    expect(verified("PaymentSubmitted", /"body":\{.*\}(?=,"messageId")/, hybrid(`"${other}"`))).toBe(false);
  });
});
