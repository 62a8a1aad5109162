import type { Timeline, TimelineEntry } from "@p4/channel";
import { given, merchant } from "@p4/channel/testing";
import { expect, test } from "vitest";
import { entryViews } from "./entry-view.ts";

/** A payment request with such a memo, as a timeline has it. */
function terms(streamVersion: number, memo: string): TimelineEntry {
  const raw = JSON.stringify({ key: "paymentrequest.response", messageId: "m", body: { memo } });
  const message = { key: "paymentrequest.response", dialect: "p4", raw, messageId: "m", correlationId: "" };
  const event = { type: "TermsOffered", data: { from: merchant, message }, streamVersion, sizeBytes: raw.length };
  const pending = { merchant: [], customer: [] };
  return { event, streamVersion, from: "merchant", detail: "", pending } as unknown as TimelineEntry;
}

const viewsOf = (...entries: TimelineEntry[]) =>
  entryViews({ channel: { snapshot: given() }, entries } as unknown as Timeline);

test("of a body of 10 MB the page gets the start and the length", () => {
  const [view] = viewsOf(terms(1, "<b>".repeat(3_400_000)));
  expect([view?.body?.text.length, view?.raw?.text.length]).toEqual([4_096, 4_096]);
  expect(view?.body?.length).toBeGreaterThan(10_000_000);
  expect(view?.body?.text).toMatch(/^\{"memo":"<b><b>/);
});

test("a timeline brings along so much and no more, however many long bodies it has", () => {
  const views = viewsOf(...Array.from({ length: 200 }, (_, i) => terms(i + 1, "x".repeat(8_000))));
  const brought = views.reduce((sum, { body, raw }) => sum + (body?.text.length ?? 0) + (raw?.text.length ?? 0), 0);
  expect(brought).toBe(1_000_000);
  // What is left out is still told by its length.
  expect(views.at(-1)?.body).toEqual({ text: "", length: 8_011 });
});
