import { verifyToken } from "@p4/node-crypto";
import { expect, it } from "vitest";
import { channelUrl, paymentUrl } from "./payment-url.ts";
import { paymentUri } from "./payment-uri.ts";

const invoice = { id: "inv42", expiresAtMs: 1_000_000 };
const options = { socketUrl: "wss://pay.example", joinSecret: "0123456789abcdef", channelLifeMs: 5_000 };

it("carries the customer's token, good until the channel's end at the latest, and the same each time", () => {
  const url = paymentUrl(options, invoice);
  expect(paymentUrl(options, invoice)).toBe(url);
  expect(url).toMatch(/^wss:\/\/pay\.example\/ws\/inv42\?token=/);
  const token = new URL(url).searchParams.get("token") ?? "";
  expect(verifyToken([options.joinSecret], "inv42", token, 1_004_999)).toMatchObject({ valid: true, role: "customer" });
  expect(verifyToken([options.joinSecret], "inv42", token, 1_005_000)).toMatchObject({
    valid: false,
    reason: "expired",
  });
  expect(new URL(paymentUri(url)).searchParams.get("r")).toBe(url);
});

it("is the channel's alone where no tokens are asked for, and in what goes into the log", () => {
  expect(paymentUrl({ ...options, joinSecret: null }, invoice)).toBe("wss://pay.example/ws/inv42");
  expect(channelUrl(options, "inv42")).toBe("wss://pay.example/ws/inv42");
});
