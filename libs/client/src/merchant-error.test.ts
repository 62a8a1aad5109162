import { serverMessage } from "@p4/protocol";
import { describe, expect, it } from "vitest";
import { merchantError } from "./merchant-error.ts";
import { receivedMessage } from "./received-message.ts";

function told(bodyText: string | null): string {
  const message = serverMessage({ key: "payment.error", channelId: "c", messageId: "m", timestampMs: 0, bodyText });
  return merchantError("PAYMENT_FAILED", receivedMessage(message)).message;
}

describe("a merchant's error", () => {
  it.each([
    '{"code":"422","title":"Bad","message":"too little"}',
    '{"Code":422,"Title":"Bad","Message":"too little"}',
    '{"message":"too little","title":"Bad","code":422,"id":null}',
  ])("%s is told in the merchant's words, in one order", (bodyText) => {
    expect(told(bodyText)).toMatch(/: 422, Bad, too little$/);
  });

  it.each([null, "null", "[]", '"text"', '{"code":null,"title":"","message":{}}'])(
    "%s says nothing more",
    (bodyText) => {
      expect(told(bodyText)).toBe(told(null));
    },
  );
});
