import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { signWebhook, verifyWebhook } from "./webhook-signature.ts";

const body = '{"id":"inv.1"}';
const atMs = 1_700_000_000_999;

it("is the HMAC of time and body, one for each secret", () => {
  const mac = (secret: string) => createHmac("sha256", secret).update(`1700000000.${body}`).digest("hex");
  expect(signWebhook(["new", "old"], body, atMs)).toBe(`t=1700000000,v1=${mac("new")},v1=${mac("old")}`);
});

it("holds for either secret, for this body and this time", () => {
  const header = signWebhook(["new", "old"], body, atMs);
  expect(["new", "old", "other", ""].map((secret) => verifyWebhook(secret, header, body, atMs))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(verifyWebhook("new", header, `${body} `, atMs)).toBe(false);
  expect(verifyWebhook("new", header, body, atMs + 301_000)).toBe(false);
  expect(verifyWebhook("new", header.replace("t=1700000000", "t=1700000001"), body, atMs)).toBe(false);
  for (const broken of ["", "t=", "v1=00", `v1=00,${header}`, header.replace("v1=", "v0=").replace("v1=", "v0=")]) {
    expect(verifyWebhook("new", broken, body, atMs)).toBe(false);
  }
});
