import { matching, oneOf, type Parser } from "./parsers.ts";
import { optional, required } from "./setting.ts";
import { httpUrl } from "./urls.ts";

/** `name=value` pairs, separated by commas; values are percent-encoded, as in W3C Baggage. */
const pairs: Parser<Readonly<Record<string, string>>> = {
  rule: "name=value, more of them separated by commas, with percent-encoded values of visible ASCII",
  mayHoldPassword: true,
  parse(text) {
    const entries = text.split(",").map((pair) => pairOf(pair.trim()));
    return entries.includes(null) ? undefined : Object.fromEntries(entries as [string, string][]);
  },
  format: (values) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join(","),
};

function pairOf(pair: string): [string, string] | null {
  const [, name, encoded] = /^([A-Za-z0-9_.-]{1,128}) *= *([\x21-\x7e]{1,1024})$/.exec(pair) ?? [];
  if (name === undefined || encoded === undefined) return null;
  try {
    const value = decodeURIComponent(encoded);
    return /^[\x20-\x7e]+$/.test(value) ? [name, value] : null;
  } catch {
    return null;
  }
}

const fraction = matching(/^(?:0(?:\.\d{1,9})?|1(?:\.0{1,9})?|\.\d{1,9})$/, "a number from 0 to 1");

/** Under OpenTelemetry's own names and by its rules, so that what sets it up for other programs serves this one. */
export const traceSettings = {
  otlpEndpoint: optional(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    httpUrl,
    ["edge", "proof-ingest"],
    "Turns traces on: the OpenTelemetry collector that they go to, as JSON over HTTP, such as http://localhost:4318",
  ),
  otlpHeaders: optional(
    "OTEL_EXPORTER_OTLP_HEADERS",
    pairs,
    ["edge", "proof-ingest"],
    "Headers for the collector, such as authorization=Bearer%20...",
    true,
  ),
  otelResource: optional(
    "OTEL_RESOURCE_ATTRIBUTES",
    pairs,
    ["edge", "proof-ingest"],
    "What the traces say of this process besides its name and version",
  ),
  traceSampler: required(
    "OTEL_TRACES_SAMPLER",
    "parentbased_always_on",
    oneOf(
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
      "always_on",
      "always_off",
      "traceidratio",
    ),
    ["edge", "proof-ingest"],
    "Which traces are recorded; parentbased: those of a wallet that sends a traceparent as it says",
  ),
  traceSamplerArg: required(
    "OTEL_TRACES_SAMPLER_ARG",
    "1",
    fraction,
    ["edge", "proof-ingest"],
    "The part of the traces that the samplers with traceidratio record",
  ),
} as const;
