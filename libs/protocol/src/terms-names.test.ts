import {
  canonicalKey,
  decodeFrame,
  encodeMessage,
  isKnownToTermsWallets,
  messageCatalogue,
  messageKeys,
  nameOfKey,
  serverMessage,
  termsNamesShownBy,
} from "@p4/protocol";
import { describe, expect, it } from "vitest";

const limits = { maxBytes: 10_000 };
const pairs = [
  ["paymentrequest.create", "paymentterms.create"],
  ["paymentrequest.response", "paymentterms.response"],
  ["paymentrequest.error", "paymentterms.error"],
] as const;
const message = (key: string) => serverMessage({ key, channelId: "inv1", messageId: "m1", timestampMs: 0 });
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe("the second names of the payment terms' messages", () => {
  it.each(pairs)("%s is %s as well", (key, other) => {
    expect([canonicalKey(other), canonicalKey(key)]).toEqual([key, key]);
    expect([nameOfKey(key, "paymentterms"), nameOfKey(key, "paymentrequest")]).toEqual([other, key]);
    expect([termsNamesShownBy(key), termsNamesShownBy(other)]).toEqual(["paymentrequest", "paymentterms"]);
  });

  it("are the only ones, and belong to no other message", () => {
    for (const key of messageKeys) {
      const hasTwo = pairs.some(([canonical]) => canonical === key);
      expect(nameOfKey(key, "paymentterms") !== key, key).toBe(hasTwo);
      expect(termsNamesShownBy(key), key).toBe(hasTwo ? "paymentrequest" : null);
      expect(messageKeys).not.toContain(hasTwo ? nameOfKey(key, "paymentterms") : "");
    }
    for (const name of ["paymentterms", "paymentterms.ack", "", "toString"]) {
      expect([canonicalKey(name), termsNamesShownBy(name)]).toEqual([name, null]);
    }
  });

  it.each(pairs)("%s is read under either name, which is told beside it", (key, other) => {
    for (const member of ["key", "type"]) {
      for (const name of [key, other]) {
        expect(decodeFrame(JSON.stringify({ [member]: name }), limits)).toMatchObject({
          ok: true,
          message: { key },
          dialect: member === "key" ? "p4" : "dpp",
          name,
        });
      }
    }
    expect(decodeFrame(JSON.stringify({ key, type: other }), limits)).toMatchObject({ ok: true, message: { key } });
    expect(decodeFrame(JSON.stringify({ key, type: "payment" }), limits)).toMatchObject({
      ok: false,
      error: { code: "WIRE_KEY_CONFLICT" },
      origin: { key },
    });
  });

  it.each(pairs)("%s is written as %s to who calls it so", (key, other) => {
    expect(json(encodeMessage(message(key), "p4", "paymentterms"))["key"]).toBe(other);
    expect(json(encodeMessage(message(key), "dpp", "paymentterms"))).toMatchObject({ type: other });
    expect(json(encodeMessage(message(key), "dpp", "paymentterms"))).not.toHaveProperty("key");
    expect(json(encodeMessage(message(key), "p4", "paymentrequest"))["key"]).toBe(key);
    expect(json(encodeMessage(message(key), "dpp"))["type"]).toBe(key);
  });

  it.each(pairs)("%s has both names in one frame for a Go-style peer that has shown neither", (key, other) => {
    const text = encodeMessage(message(key), "dpp", "unknown");
    expect(json(text)).toMatchObject({ key, type: other });
    expect(decodeFrame(text, limits)).toMatchObject({ ok: true, message: { key } });
    expect(encodeMessage(message("payment"), "dpp", "unknown")).toBe(encodeMessage(message("payment"), "dpp"));
  });

  it("tell what a wallet that uses them knows", () => {
    expect(messageCatalogue.map(({ key }) => key).filter(isKnownToTermsWallets)).toEqual([
      "join.success",
      ...pairs.map(([key]) => key),
      "payment",
      "payment.ack",
      "payment.error",
      "channel.expired",
    ]);
  });
});
