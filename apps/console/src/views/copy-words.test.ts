import { expect, test } from "vitest";
import { copyWords } from "./copy-words.ts";
import type { CopyView } from "./views.ts";

const copy: CopyView = { site: "b", is: "copy", ageMs: 320.4, behind: 1_200, missing: 0 };

test.each<[CopyView, string, string, string]>([
  [copy, "good", "follows", "heard of this site 320 ms ago, 1,200 events behind"],
  [{ ...copy, ageMs: 4_200, behind: 0 }, "bad", "stale", "heard of this site 4.2 s ago, 0 events behind"],
  [{ ...copy, ageMs: null, behind: 0 }, "bad", "stale", "has not heard of this site yet, 0 events behind"],
  [{ ...copy, missing: 81 }, "bad", "incomplete", "lacks 81 events for good"],
  [{ ...copy, is: "away" }, "bad", "does not answer", "is away"],
  [{ ...copy, is: "other" }, "bad", "not a copy of this site", "p4 region status"],
  [{ ...copy, is: "none" }, "plain", "no copy", "holds no log of this region"],
])("%o is %s: %s", (view, tone, mark, detail) => {
  expect(copyWords(view)).toMatchObject({ tone, mark, detail: expect.stringContaining(detail) as string });
});
