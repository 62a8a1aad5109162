import { isChannelId, messageCatalogue, messageKeys, messageSpec } from "@p4/protocol";
import { describe, expect, it } from "vitest";

describe("the message catalogue", () => {
  it("says who may send what", () => {
    expect(Object.fromEntries(messageCatalogue.map(({ key, from }) => [key, from.join()]))).toEqual({
      "join.success": "server",
      "paymentrequest.create": "customer",
      "paymentrequest.response": "merchant",
      "paymentrequest.error": "merchant",
      payment: "customer",
      "payment.ack": "merchant",
      "invoice.paid": "server",
      "payment.error": "merchant",
      "channel.close": "merchant",
      "proof.create": "server",
      "doublespend.notify": "server",
      "channel.expired": "server",
      "channel.closed": "server",
      "proof.revoked": "server",
      receipt: "server",
      "transaction.rejected": "server",
      error: "server",
    });
  });

  it("finds each key and no other", () => {
    for (const key of messageKeys) expect(messageSpec(key)?.key).toBe(key);
    for (const key of ["", "Payment", "toString", "__proto__", "health"]) expect(messageSpec(key)).toBeUndefined();
  });
});

describe("a channel id", () => {
  it.each(["a", "inv0000001", "A-b_9", "x".repeat(64)])("may be %s", (text) => {
    expect(isChannelId(text)).toBe(true);
  });

  it.each(["", "x".repeat(65), "a.b", "a*", ">", "a b", "a/b", "..", "ä", "a\n", "a\u0000"])(
    "may not be %j",
    (text) => {
      expect(isChannelId(text)).toBe(false);
    },
  );
});
