import { expect, it } from "vitest";
import { HeldBytes, Undecided } from "./undecided.ts";

it("holds a bounded number of messages, and a bounded sum over all sockets", () => {
  const held = new HeldBytes();
  const [first, second] = [new Undecided(1e9, held, () => undefined), new Undecided(1e9, held, () => undefined)];
  let count = 0;
  while (first.hold(0, () => undefined) === "held" && count < 1_000) count++;
  expect([count, first.hold(0, () => undefined)]).toEqual([257, "flood"]);
  const other = new Undecided(1e9, held, () => undefined);
  expect(other.hold(30 * 1024 * 1024, () => undefined)).toBe("held");
  expect(second.hold(3 * 1024 * 1024, () => undefined)).toBe("full");
  other.gone();
  expect(second.hold(3 * 1024 * 1024, () => undefined)).toBe("held");
  second.accept();
  expect(held.sum).toBe(0);
});
