import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "./config-error.ts";
import { loadConfig, type Environment } from "./config.ts";
import { describeConfig, formatConfig } from "./describe-config.ts";
import { schema } from "./schema.ts";
import { problemsOf } from "./test-support.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

describe("the configuration and what is wrong with it", () => {
  it("never shows a secret, nor a password in a URL, in an error", () => {
    const problems = problemsOf({ P4_JOIN_SECRET: "short-secret", P4_NATS_URL: "http://me:hunter2@host" });
    expect(problems.map((one) => one.variable)).toEqual(["P4_NATS_URL", "P4_JOIN_SECRET"]);
    expect(new ConfigError(problems).message).not.toMatch(/short-secret|hunter2/);
  });

  const urlVariables = Object.values(schema)
    .filter(({ parser }) => (parser as { mayHoldPassword?: true }).mayHoldPassword === true)
    .map(({ variable }) => variable)
    .filter((variable) => variable !== "P4_NATS_CREDENTIALS");

  it.each([`SU${"A".repeat(56)}`, "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"])(
    "does not show a secret that stands where its file belongs: %j",
    (secret) => {
      const [problem] = problemsOf({ P4_NATS_URL: "nats://h", P4_NATS_CREDENTIALS: secret });
      expect(problem).toMatchObject({ variable: "P4_NATS_CREDENTIALS", value: "(set)" });
    },
  );

  it("knows each variable that may hold a password", () => {
    const urls = [
      "NATS_URL",
      "NATS_MONITOR_URLS",
      "SITES",
      "SITE_URLS",
      "PUBLIC_URL",
      "PAYD_URL",
      "MINER_URL",
      "HEADER_SOURCE",
    ];
    const traces = ["EXPORTER_OTLP_ENDPOINT", "EXPORTER_OTLP_HEADERS", "RESOURCE_ATTRIBUTES"];
    expect(urlVariables).toEqual([...urls.map((name) => `P4_${name}`), ...traces.map((name) => `OTEL_${name}`)]);
  });

  /** What would be shown of a system with this environment: its error, or all that describes it. */
  function shown(environment: Environment): string {
    try {
      const lines = describeConfig(loadConfig(environment), environment);
      return JSON.stringify(lines) + formatConfig(lines);
    } catch (error) {
      return (error as ConfigError).message;
    }
  }

  it.each(["/", "@", "?", "#", ":", ",", "%", "\\", " ", "1/", "1@", "80?", "%2F", "é", "", "\t"])(
    "never shows a password with %j in it, whether or not the URL can be read",
    (characters) => {
      const password = `${characters}S3cret${characters}part`;
      for (const variable of urlVariables)
        for (const start of ["nats://ops:", "https://ops:", "bhs:https://ops:", "ops:", "nats:ops:"])
          for (const end of ["@127.0.0.1:4222", "@127.0.0.1:4222/", "@", "@host,nats://other"])
            expect(shown({ [variable]: `${start}${password}${end}` })).not.toContain("S3cret");
    },
  );

  it("never shows a password, whatever it is made of", () => {
    const password = fc.tuple(fc.string(), fc.string()).map(([head, tail]) => `${head}S3cret${tail}`);
    fc.assert(
      fc.property(fc.constantFrom(...urlVariables), password, (variable, text) => {
        expect(shown({ [variable]: `nats://ops:${text}@127.0.0.1:4222` })).not.toContain("S3cret");
        expect(shown({ [variable]: `https://ops:${text}@127.0.0.1` })).not.toContain("S3cret");
      }),
    );
  });

  it("says how a password is written in a URL", () => {
    const [problem] = problemsOf({ P4_NATS_URL: "nats://ops:S3cret/part@127.0.0.1:4222" });
    expect(problem).toMatchObject({ value: "(set)", rule: expect.stringContaining("/ is written %2F") as string });
  });
});
