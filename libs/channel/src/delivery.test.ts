import { expect, test } from "vitest";
import { deliveryOf } from "./delivery.ts";

const entry = (streamVersion: number, from: string, what: string) => ({ streamVersion, from, what });
const asked = [entry(1, "customer", "join"), entry(2, "customer", "paymentrequest.create")];

test("a message to a party whose wallets never came is not sent", () => {
  expect(deliveryOf(asked, "merchant", 2)).toBe("notSent");
});

test("it is sent once one joins, and confirmed when that one goes on", () => {
  const joined = [...asked, entry(3, "merchant", "join")];
  expect(deliveryOf(joined, "merchant", 2)).toBe("sent");
  expect(deliveryOf([...joined, entry(4, "merchant", "paymentrequest.response")], "merchant", 2)).toBe("confirmed");
});

test("what a party has said before confirms nothing", () => {
  expect(deliveryOf([...asked, entry(3, "merchant", "paymentrequest.response")], "customer", 3)).toBe("sent");
});
