import { describe, expect, test } from "vitest";
import { frameOutline, frameText } from "./frame-text.ts";
import { peerText } from "./peer-text.ts";

/** Colours, the title, the direction of writing, a line of its own, and no end of it. */
const steering = "\u001b[2K\u001b]0;x\u0007\u202e<img src=x onerror=alert(1)>\u2028";
const tenMegabytes = steering.repeat(Math.ceil(10_000_000 / steering.length));
const unseen = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
const withoutLines = (text: string): string => text.replaceAll("\n", "");

describe.each([
  ["10 MB that is no JSON", tenMegabytes],
  ["a frame with a body of 10 MB", JSON.stringify({ key: "payment", body: { memo: tenMegabytes } })],
  ["a frame with a key of 10 MB", JSON.stringify({ key: tenMegabytes })],
  ["a short frame", JSON.stringify({ key: steering, body: { memo: steering } })],
])("%s", (_name, frame) => {
  test("has a line that is short, and nothing in it that steers", () => {
    const { key, detail } = frameOutline(frame);
    expect((key + detail).length).toBeLessThan(2_000);
    expect(key + detail).not.toMatch(unseen);
  });

  test("is shown as far as a page can bear, and as text", () => {
    const { text, cutOf } = frameText(frame);
    expect(text.length).toBeLessThan(700_000);
    expect(withoutLines(text)).not.toMatch(unseen);
    expect(cutOf === null).toBe(frame.length < 100_000);
  });
});

test("a frame is outlined by its key, and a refusal by its code and rule", () => {
  expect(frameOutline('{"key":"payment","body":{"a":1}}')).toEqual({ key: "payment", detail: '{"a":1}' });
  const errorBody = { errCode: "BAD_KEY", description: "key: must be a text" };
  const refused = { key: "error", detail: "BAD_KEY: key: must be a text" };
  expect(frameOutline(JSON.stringify({ key: "error", errorBody }))).toEqual(refused);
  expect(frameOutline('{"body":1}').key).toBe("no key");
  expect(frameOutline("null").key).toBe("not JSON");
});

test("a merchant's words of 10 MB are their start", () => {
  const shown = peerText(tenMegabytes);
  expect(shown.length).toBeLessThan(14_000);
  expect(withoutLines(shown)).not.toMatch(unseen);
  expect(peerText("two\nteas")).toBe("two\nteas");
});
