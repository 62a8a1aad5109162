import { expect, it } from "vitest";
import { loadConfig } from "./config.ts";
import { describeConfig } from "./describe-config.ts";

it("traces are off until a collector is named; its headers are secret", () => {
  expect(loadConfig({}).otlpEndpoint).toBeNull();
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20S3cret, x-team=a",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
  };
  const config = loadConfig(environment);
  expect(config).toMatchObject({
    otlpEndpoint: "http://collector:4318",
    otlpHeaders: { authorization: "Bearer S3cret", "x-team": "a" },
    traceSamplerArg: "0.25",
  });
  expect(JSON.stringify(describeConfig(config, environment))).not.toContain("S3cret");
});

it.each([
  ["OTEL_EXPORTER_OTLP_HEADERS", "authorization"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
  ["OTEL_TRACES_SAMPLER", "sometimes"],
  ["OTEL_TRACES_SAMPLER_ARG", "2"],
])("%s=%s is refused", (variable, value) => {
  expect(() => loadConfig({ [variable]: value })).toThrow(variable);
});
