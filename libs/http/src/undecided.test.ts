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

it("keeps what a peer has sent that has left, and nothing of one that has sent nothing or is refused", () => {
  const held = new HeldBytes();
  const heard: string[] = [];
  const open = () => {
    const undecided = new Undecided(100, held, () => heard.push("gone"));
    undecided.hold(0, () => heard.push("open"));
    return undecided;
  };
  open().left(() => heard.push("end"));
  expect(heard.splice(0)).toEqual(["gone"]);
  const [taken, refused] = [open(), open()];
  for (const each of [taken, refused]) {
    each.hold(10, () => heard.push("message"));
    each.left(() => heard.push("end"));
  }
  expect([heard, held.sum]).toEqual([[], 20]);
  taken.accept();
  expect(heard.splice(0)).toEqual(["open", "message", "end"]);
  refused.gone();
  expect([heard, held.sum]).toEqual([["gone"], 0]);
});
