import { describe, expect, it } from "vitest";
import { loadConfig } from "./config.ts";
import { appNames, type AppName } from "./setting.ts";
import { warningsOf } from "./warnings.ts";

const warned = (environment: Record<string, string>, apps: readonly AppName[] = appNames) =>
  [...warningsOf(loadConfig(environment), apps)].map((text) => text.slice(0, 20));
const [proofs, open] = ["for trials only: any", "P4_JOIN_POLICY=open "];
const token = { P4_CALLBACK_TOKEN: "0123456789abcdef" };

describe("warningsOf", () => {
  it.each<[string, Record<string, string>, readonly AppName[], string[]]>([
    ["proofs that nothing protects", {}, appNames, [proofs]],
    ["the same at a server for proofs alone", {}, ["proof-ingest"], [proofs]],
    ["nothing where no proofs are taken", {}, ["payd", "expiry", "miner"], []],
    ["nothing with a callback token", token, appNames, []],
    ["nothing with a source of headers", { P4_HEADER_SOURCE: "woc:main" }, appNames, []],
    [
      "nothing with trusted keys",
      { ...token, P4_SIGNATURE_POLICY: "trusted-keys", P4_TRUSTED_KEYS: `02${"ab".repeat(32)}` },
      appNames,
      [],
    ],
    ["an open door to the network", { ...token, P4_HOST: "0.0.0.0" }, appNames, [open]],
    ["an open door at every address", { ...token, P4_HOST: "::" }, ["edge"], [open]],
    ["no door without an edge", { ...token, P4_HOST: "0.0.0.0" }, ["proof-ingest"], []],
    ["no open door on loopback", { ...token, P4_HOST: "::1" }, appNames, []],
    [
      "no open door with tokens",
      { ...token, P4_HOST: "0.0.0.0", P4_JOIN_POLICY: "token", P4_JOIN_SECRET: "0123456789abcdef" },
      appNames,
      [],
    ],
  ])("tells of %s", (_, environment, apps, expected) => {
    expect(warned(environment, apps)).toEqual(expected);
  });

  it("does not take the development miner that runs beside for a protection", () => {
    const source = { kind: "miner", url: "http://127.0.0.1:1" } as const;
    const config = loadConfig({});
    const beside = { ...config, headerSource: { ...source, isAssumed: true } } as const;
    expect([...warningsOf(beside, appNames)]).toHaveLength(1);
    expect([...warningsOf({ ...config, headerSource: source }, appNames)]).toEqual([]);
  });
});
