import type { Attributes, EndedSpan } from "./tracer.ts";

/** The body of an OTLP/HTTP request for traces, in its JSON encoding. `resource`: who tells. */
export function otlpJson(spans: readonly EndedSpan[], resource: Attributes): string {
  const scopeSpans = [{ scope: { name: "p4" }, spans: spans.map(spanJson) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans }] });
}

function spanJson({ name, kind, context, parentSpanId, startMs, endMs, attributes, error }: EndedSpan) {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: keyValues(attributes),
    status: error === null ? {} : { code: 2, message: error },
  };
}

function keyValues(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
  }));
}

/** Digits, since a number of this size is not exact. */
function nanoseconds(ms: number): string {
  return `${String(Math.floor(ms))}${String(Math.floor((ms % 1) * 1_000_000)).padStart(6, "0")}`;
}
