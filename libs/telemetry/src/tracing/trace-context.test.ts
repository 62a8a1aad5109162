import { describe, expect, it } from "vitest";
import { isSampled } from "./sampler.ts";
import { formatTraceparent, parseTraceparent } from "./trace-context.ts";

const [traceId, spanId] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];

describe("a traceparent", () => {
  it.each([
    ["sampled", `00-${traceId}-${spanId}-01`, true],
    ["not sampled", `00-${traceId}-${spanId}-00`, false],
    ["with a flag that is not known yet", `00-${traceId}-${spanId}-03`, true],
    ["of a later version, with more behind it", `01-${traceId}-${spanId}-01-what-comes`, true],
  ])("%s is read", (_, text, sampled) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, isSampled: sampled });
  });

  it.each([
    ["none", undefined],
    ["empty", ""],
    ["of version ff", `ff-${traceId}-${spanId}-01`],
    ["of version 00 with more behind it", `00-${traceId}-${spanId}-01-more`],
    ["with a trace of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
    ["with a span of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["in capitals", `00-${traceId.toUpperCase()}-${spanId}-01`],
    ["too short", `00-${traceId.slice(1)}-${spanId}-01`],
    ["given twice", `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
    ["very long", `01-${traceId}-${spanId}-01-${"x".repeat(300)}`],
  ])("%s is ignored", (_, text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it("is written as it is read", () => {
    const text = `00-${traceId}-${spanId}-01`;
    expect(formatTraceparent(parseTraceparent(text) as never)).toBe(text);
  });
});

describe("sampling", () => {
  const parent = { traceId, spanId, isSampled: true };
  it("follows the parent where it is told to, and else goes by the trace's digits", () => {
    expect(isSampled(traceId, parent, { ratio: 0, followsParent: true })).toBe(true);
    expect(isSampled(traceId, { ...parent, isSampled: false }, { ratio: 1, followsParent: true })).toBe(false);
    expect(isSampled(traceId, parent, { ratio: 0, followsParent: false })).toBe(false);
    expect(isSampled(traceId, null, { ratio: 1, followsParent: true })).toBe(true);
    expect(isSampled(traceId, null, { ratio: 0, followsParent: true })).toBe(false);
    expect(isSampled("f".repeat(32), null, { ratio: 0, followsParent: true })).toBe(false);
    expect(isSampled(`${"0".repeat(19)}8000000000000`, null, { ratio: 0.5, followsParent: true })).toBe(true);
    expect(isSampled(`${"0".repeat(19)}7ffffffffffff`, null, { ratio: 0.5, followsParent: true })).toBe(false);
  });
});
