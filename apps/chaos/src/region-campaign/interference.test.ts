import { expect, test } from "vitest";
import type { Passage } from "../system/link.ts";
import { Interference } from "./interference.ts";
import type { ReachChange } from "./reach.ts";

function disturbed() {
  const passages = new Map<string, Passage>();
  const changes: ReachChange[] = [];
  const links = new Map(
    ["b-a", "c-a", "c-b"].map((name) => [name, { pass: (passage: Passage) => void passages.set(name, passage) }]),
  );
  let nowMs = 0;
  const interference = new Interference(links, { ownDelayMs: 20, changes, nowMs: () => ++nowMs });
  return { interference, passages, changes };
}

test("a link is as before when the last of its disturbances has ended", () => {
  const { interference, passages, changes } = disturbed();
  const slow = interference.begin({ link: "b-a", delayMs: 100 });
  const oneWay = interference.begin({ link: "b-a", severed: ["back"] });
  const cut = interference.beginAt("a", () => ({ severed: ["there", "back"] }));
  expect(passages.get("b-a")).toEqual({ severed: ["back", "there"], delayMs: 120 });
  oneWay();
  expect(passages.get("b-a")?.severed).toEqual(["there", "back"]);
  slow();
  cut();
  expect(passages.get("b-a")).toEqual({ severed: [], delayMs: 20 });
  expect(passages.has("c-b")).toBe(false);
  const ofLink = changes.filter(({ of }) => "link" in of && of.link.join() === "b,a");
  expect(ofLink.map(({ isUp }) => isUp)).toEqual([false, true]);
});
