import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf } from "./addresses.ts";
import { ConfigError } from "./config-error.ts";
import { loadConfig } from "./config.ts";
import { expirySweepMs } from "./fixed-settings.ts";
import { configReference, describeConfig, formatConfig } from "./describe-config.ts";
import { durationMs, integer, listOf, manyOf, sizeBytes } from "./parsers.ts";
import { schema } from "./schema.ts";
import type { Setting } from "./setting.ts";
import { problemsOf } from "./test-support.ts";
import { httpUrl, natsUrl } from "./urls.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

describe("loadConfig", () => {
  it("gives the documented defaults for an empty environment", () => {
    expect(loadConfig({ PATH: "/bin", P4_PORT: "" })).toMatchObject({
      host: "127.0.0.1",
      port: 8445,
      proofPort: 8446,
      paydPort: 8443,
      minerPort: 8444,
      natsUrl: null,
      channelTtlMs: 7_200_000,
      joinPolicy: "open",
      maxMessageBytes: 1_000_000,
      logLevel: "info",
      demo: true,
      apps: ["edge", "proof-ingest", "expiry", "payd", "miner"],
      logRetentionMs: 90 * 86_400_000,
      headerSource: { kind: "none" },
      joinSecrets: null,
    });
  });

  it("parses what is set", () => {
    const config = loadConfig({
      P4_APPS: "miner, edge",
      P4_DEMO: "off",
      P4_CHANNEL_TTL: "5s",
      P4_MAX_MESSAGE_BYTES: "2MB",
      P4_HEADER_SOURCE: "bhs:http://localhost:8080/",
      P4_NATS_URL: "nats://a:4222,nats://b:4222",
    });
    expect(config.apps).toEqual(["edge", "miner"]);
    expect(config.demo).toBe(false);
    expect(config.channelTtlMs).toBe(5_000);
    expect(config.maxMessageBytes).toBe(2_000_000);
    expect(config.headerSource).toEqual({ kind: "bhs", url: "http://localhost:8080" });
    expect(config.natsUrl).toEqual(["nats://a:4222", "nats://b:4222"]);
  });

  it("reads proxies as addresses and ranges, and names what is neither", () => {
    expect(loadConfig({}).trustedProxies).toBe(null);
    expect(loadConfig({ P4_TRUSTED_PROXIES: "10.0.0.7, fd00::/8" }).trustedProxies).toEqual(["10.0.0.7", "fd00::/8"]);
    for (const text of ["localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "fd00::/129"]) {
      expect(problemsOf({ P4_TRUSTED_PROXIES: text })).toMatchObject([{ variable: "P4_TRUSTED_PROXIES", value: text }]);
    }
  });

  it("reads one join secret or two, and neither a third nor a short one", () => {
    const [one, two] = ["a-secret-of-sixteen", "the-next-of-sixteen"];
    expect(loadConfig({ P4_JOIN_SECRET: one }).joinSecrets).toEqual([one]);
    expect(loadConfig({ P4_JOIN_SECRET: `${two}, ${one}` }).joinSecrets).toEqual([two, one]);
    const file = join(mkdtempSync(join(tmpdir(), "p4-config-")), "secret");
    writeFileSync(file, `${two},${one}\n`);
    expect(loadConfig({ P4_JOIN_SECRET: `file:${file}` }).joinSecrets).toEqual([two, one]);
    for (const text of ["short", `${one},${two},${one}`]) {
      writeFileSync(file, text);
      expect(problemsOf({ P4_JOIN_SECRET: `file:${file}` })).toMatchObject([{ variable: "P4_JOIN_SECRET" }]);
    }
    rmSync(dirname(file), { recursive: true });
    expect(problemsOf({ P4_JOIN_SECRET: `file:${file}` })).toMatchObject([
      { variable: "P4_JOIN_SECRET", value: "(set)" },
    ]);
    for (const text of [`${one},`, `${one},short`, `${one},${two},${one}`]) {
      const [problem] = problemsOf({ P4_JOIN_SECRET: text });
      expect(problem).toMatchObject({ variable: "P4_JOIN_SECRET", value: "(set)" });
    }
  });

  it("lists all problems at once, each with variable, value and rule", () => {
    const problems = problemsOf({ P4_PORT: "70000", P4_CHANNEL_TTL: "2", P4_DEMO: "yes" });
    expect(problems).toEqual([
      { variable: "P4_PORT", value: "70000", rule: "must be a whole number from 0 to 65535" },
      { variable: "P4_DEMO", value: "yes", rule: "must be on or off" },
      expect.objectContaining({
        variable: "P4_CHANNEL_TTL",
        value: "2",
        rule: expect.stringContaining("with its unit") as string,
      }),
    ]);
    expect(new ConfigError(problems).message.split("\n")[1]).toBe("P4_DEMO=yes: must be on or off");
  });

  it("refuses an unknown P4_ variable and suggests the nearest", () => {
    expect(problemsOf({ P4_CHANEL_TTL: "2h" })).toEqual([
      {
        variable: "P4_CHANEL_TTL",
        value: "(set)",
        rule: "is not a variable of this system; did you mean P4_CHANNEL_TTL?",
      },
    ]);
    expect(problemsOf({ P4_COMPLETELY_DIFFERENT_WORDS: "1" })[0]?.rule).toContain("`p4 config`");
  });

  const key = `02${"ab".repeat(32)}`;
  const callbackToken = { P4_CALLBACK_TOKEN: "0123456789abcdef" };

  it.each([
    [{ P4_JOIN_POLICY: "token" }, "P4_JOIN_POLICY", "P4_JOIN_SECRET"],
    [{ P4_SIGNATURE_POLICY: "trusted-keys", ...callbackToken }, "P4_SIGNATURE_POLICY", "P4_TRUSTED_KEYS"],
    [{ P4_SIGNATURE_POLICY: "trusted-keys", P4_TRUSTED_KEYS: key }, "P4_SIGNATURE_POLICY", "P4_CALLBACK_TOKEN"],
    [{ P4_SIGNATURE_POLICY: "require" }, "P4_SIGNATURE_POLICY", "P4_CALLBACK_TOKEN"],
    [{ P4_HEADER_POLICY: "require" }, "P4_HEADER_POLICY", "P4_HEADER_SOURCE"],
    [{ P4_PROOF_PORT: "8445" }, "P4_PROOF_PORT", "P4_PORT"],
    [{ P4_LOG_RETENTION: "1h" }, "P4_LOG_RETENTION", "P4_CHANNEL_TTL (2h)"],
    [{ P4_CHANNEL_TTL: "120d" }, "P4_LOG_RETENTION", "P4_CHANNEL_TTL (120d)"],
    [{ P4_LOG_RETENTION: "2h" }, "P4_LOG_RETENTION", "the sweep's 30s together"],
    [{ P4_LOG_RETENTION: "3h", P4_ACK_GRACE: "1h" }, "P4_LOG_RETENTION", "P4_ACK_GRACE (1h)"],
    [{ P4_NATS_URL: "nats://a:b@one,nats://c:d@two" }, "P4_NATS_URL", "the same user and password"],
    [{ P4_NATS_CREDENTIALS: "/run/edge.nk" }, "P4_NATS_CREDENTIALS", "needs P4_NATS_URL"],
  ])("refuses the combination %j", (environment, variable, needed) => {
    expect(problemsOf(environment)).toEqual([
      expect.objectContaining({ variable, rule: expect.stringContaining(needed) as string }),
    ]);
  });

  it("takes a log that is kept just long enough for the channels and the sweep after them", () => {
    const config = loadConfig({
      P4_LOG_RETENTION: `${String(7_200_000 + expirySweepMs)}ms`,
      P4_CHANNEL_TTL: "1h",
      P4_ACK_GRACE: "1h",
    });
    expect(config.logRetentionMs).toBe(config.channelTtlMs + config.ackGraceMs + expirySweepMs);
  });

  it("takes one login for all servers, wherever it is written", () => {
    const one = ["nats://a:b@one,nats://a:b@two", "nats://one,tls://a:b@two", "nats://a%2Fb@one,nats://a%2Fb@two"];
    for (const text of one) expect(loadConfig({ P4_NATS_URL: text }).natsUrl).toEqual(text.split(","));
  });

  it("lets several ports be 0", () => {
    expect(loadConfig({ P4_PORT: "0", P4_PROOF_PORT: "0" }).port).toBe(0);
  });

  it("accepts every default of its own schema through the same parsers", () => {
    const spelledOut = Object.values<Setting<unknown>>(schema)
      .filter(({ isFile }) => isFile !== true)
      .map(({ variable, fallback }) => [variable, fallback] as const);
    expect(loadConfig(Object.fromEntries(spelledOut))).toEqual(loadConfig({}));
  });

  it("never fails with anything but a ConfigError", () => {
    const variables = fc.constantFrom(...Object.values(schema).map((setting) => setting.variable));
    fc.assert(fc.property(fc.dictionary(variables, fc.string()), (environment) => void problemsOf(environment)));
  });
});

describe("parsers", () => {
  const duration = durationMs("1ms", "3650d");
  it.each([
    ["500ms", 500],
    ["90s", 90_000],
    ["2m", 120_000],
    ["2h", 7_200_000],
    ["90d", 7_776_000_000],
  ])("reads %s as %i ms", (text, ms) => {
    expect(duration.parse(text)).toBe(ms);
  });
  it.each(["", "2", "h", "-1s", "1.5h", "2 hours", "0s", "4000d", "1S", "2constructor", "1e3s"])(
    "refuses the duration %j",
    (text) => {
      expect(duration.parse(text)).toBeUndefined();
    },
  );

  const size = sizeBytes(1, 1e12);
  it.each([
    ["1000000", 1_000_000],
    ["1MB", 1_000_000],
    ["10MiB", 10_485_760],
    ["64 KiB", 65_536],
    ["5B", 5],
  ])("reads %s as %i bytes", (text, bytes) => {
    expect(size.parse(text)).toBe(bytes);
  });
  it.each(["", "0", "MB", "1.5MB", "1mb", "1toString", "-1"])("refuses the size %j", (text) => {
    expect(size.parse(text)).toBeUndefined();
  });

  it("keeps integers whole and within bounds", () => {
    expect(integer(1, 5).parse("5")).toBe(5);
    for (const text of ["0", "6", "1.0", "0x1", "", " 1", "1e0", "99999999999999999999"])
      expect(integer(1, 5).parse(text)).toBeUndefined();
  });

  it("takes each word of a list once", () => {
    expect(listOf("a", "b").parse("all")).toEqual(["a", "b"]);
    expect(listOf("a", "b").parse("b")).toEqual(["b"]);
    for (const text of ["", "a,a", "a,c", "a,"]) expect(listOf("a", "b").parse(text)).toBeUndefined();
  });

  it("takes http URLs that paths can be added to, without a login", () => {
    expect(httpUrl.parse("http://host/x/")).toBe("http://host/x");
    const bad = [
      "ftp://host",
      "http://",
      "host:80",
      "/x",
      "http://me@host",
      "http://h?x",
      "http://h#x",
      "http://me:8/p@h",
    ];
    for (const text of bad) expect(httpUrl.parse(text)).toBeUndefined();
  });

  it("takes URLs of NATS servers, with or without a login, and nothing behind the port", () => {
    for (const text of [
      "nats://host",
      "nats://host:4222",
      "tls://u:p@host",
      "nats://token@[::1]:4222",
      "nats://u:p%2F@h",
    ])
      expect(natsUrl.parse(text)).toBe(text);
    expect(natsUrl.parse("nats://host:4222/")).toBe("nats://host:4222");
    const bad = [
      "ws://host",
      "http://host",
      "nats://",
      "nats://host/x",
      "nats://u:1/p@host",
      "nats://h?x",
      "nats://:p@h",
    ];
    for (const text of bad) expect(natsUrl.parse(text)).toBeUndefined();
    expect(manyOf(natsUrl).parse("nats://a, nats://b")).toEqual(["nats://a", "nats://b"]);
    expect(manyOf(natsUrl).parse("nats://a,")).toBeUndefined();
  });

  it.each([
    ["none", { kind: "none" }],
    ["file:/a:b", { kind: "file", path: "/a:b" }],
    ["miner:http://h:1", { kind: "miner", url: "http://h:1" }],
    ["woc:test", { kind: "woc", network: "test" }],
  ])("reads the header source %s", (text, expected) =>
    expect(schema.headerSource.parser.parse(text)).toEqual(expected),
  );
  it.each(["file:", "woc:other", "miner:h", "bhs", "x:y"])("refuses the header source %s", (text) => {
    expect(schema.headerSource.parser.parse(text)).toBeUndefined();
  });
});

describe("addressesOf", () => {
  it("derives what is left out, with ports in use and loopback for a host that means every address", () => {
    const config = loadConfig({ P4_HOST: "::", P4_PORT: "0", P4_MINER_URL: "https://miner.example/" });
    expect(addressesOf(config, { port: 1234 })).toEqual({
      publicUrl: "http://[::1]:1234",
      publicSocketUrl: "ws://[::1]:1234",
      callbackUrl: "http://[::1]:8446",
      paydUrl: "http://[::1]:8443",
      minerUrl: "https://miner.example",
    });
    expect(addressesOf(loadConfig({ P4_PUBLIC_URL: "https://p4.example" })).publicSocketUrl).toBe("wss://p4.example");
  });
});

describe("describeConfig", () => {
  const environment = {
    P4_JOIN_SECRET: "a-secret-of-sixteen",
    P4_NATS_URL: "nats://me:hunter2@host:4222",
    P4_HEADER_SOURCE: "bhs:https://headers.example",
    P4_DEMO: "off",
    P4_MAX_MESSAGE_BYTES: "512KiB",
  };
  const lines = describeConfig(loadConfig(environment), environment);

  it("redacts secrets and passwords, in rows and in text", () => {
    const all = JSON.stringify(lines) + formatConfig(lines);
    expect(all).not.toMatch(/a-secret-of-sixteen|hunter2/);
    expect(lines.find((line) => line.name === "joinSecrets")?.value).toBe("(set)");
    expect(lines.find((line) => line.name === "callbackToken")?.value).toBeNull();
  });

  it("tells what came from the environment, as it is written there", () => {
    const text = formatConfig(lines);
    expect(text).toMatch(/^\* P4_DEMO +off$/m);
    expect(text).toMatch(/^ {2}P4_CHANNEL_TTL +2h$/m);
    expect(text).toMatch(/^ {2}P4_LOG_RETENTION +90d$/m);
    expect(text).toMatch(/^\* P4_MAX_MESSAGE_BYTES +512KiB$/m);
    expect(text).toMatch(/^ {2}P4_CALLBACK_TOKEN +-$/m);
    expect(text).not.toMatch(/ (ms|bytes)$/m);
    expect(text).toMatch(/^\* P4_NATS_URL +nats:\/\/\(set\)@host:4222$/m);
    expect(text).toMatch(/^\* P4_HEADER_SOURCE +bhs:https:\/\/headers.example$/m);
  });

  it.each(["none", "file:/a b/headers.txt", "miner:http://h:1", "bhs:https://h/x", "woc:test"])("shows %s", (text) => {
    const environment = { P4_HEADER_SOURCE: text };
    const shown = describeConfig(loadConfig(environment), environment);
    expect(shown.find(({ name }) => name === "headerSource")?.value).toBe(text);
  });

  it("documents every variable in one row each", () => {
    const table = configReference();
    for (const { variable } of Object.values(schema))
      expect(table.match(new RegExp(`^\\| \`${variable}\` `, "gm"))).toHaveLength(1);
    expect(table).toContain("woc:<main\\|test>");
  });
});
