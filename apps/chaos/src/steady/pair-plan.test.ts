import { expect, test } from "vitest";
import { planPair } from "./pair-plan.ts";

const edges = ["ws://a", "ws://b"];

test("four pairs begin at all combinations of the edges", () => {
  const firsts = [0, 1, 2, 3].map((index) => {
    const { merchantUrls, customerUrls } = planPair("x", index, edges, 0);
    return [merchantUrls[0], customerUrls[0]].map((url) => url?.slice(5, 6)).join("");
  });
  expect(firsts.sort()).toEqual(["aa", "ab", "ba", "bb"]);
});

test("each wallet knows every edge, at its own channel", () => {
  const { channelId, merchantUrls, customerUrls } = planPair("x", 5, edges, 0);
  expect(channelId).toBe("x-5");
  expect([...merchantUrls].sort()).toEqual(["ws://a/ws/x-5", "ws://b/ws/x-5"]);
  expect([...customerUrls].sort()).toEqual(["ws://a/ws/x-5", "ws://b/ws/x-5"]);
});
