import { connectBroker } from "@p4/nats";
import { tempDir, withNatsServer } from "@p4/testkit";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (args: readonly string[], env: Record<string, string> = {}) => runP4(args, { env: { ...log.env, ...env } });

interface Diagnosis {
  readonly findings: {
    readonly check: string;
    readonly status: string;
    readonly found: string;
    readonly fix: string;
  }[];
}

async function diagnose(args: readonly string[] = [], env: Record<string, string> = {}) {
  const ran = await p4(["doctor", ...args, "--json"], env);
  const { findings } = ran.json<Diagnosis>();
  return { exitCode: ran.exitCode, finding: (check: string) => findings.find((finding) => finding.check === check) };
}

describe("p4 doctor", () => {
  it("finds nothing wrong with a right broker, and tells the durability by the monitoring port", async () => {
    const { exitCode, finding } = await diagnose(["--monitor", log.nats.monitorUrl]);
    expect(exitCode).toBe(0);
    expect(finding("durability")?.found).toContain("fsync: an acknowledged event is on disk");
    for (const check of ["server", "streams", "cluster", "clock", "message size", "limits", "permissions"]) {
      expect(finding(check)?.status).toBe("ok");
    }
  });

  it("does not guess the durability", async () => {
    const { exitCode, finding } = await diagnose();
    expect([exitCode, finding("durability")]).toMatchObject([0, { status: "warning", fix: /--monitor/ }]);
  });

  it.each([
    { env: { P4_SHARDS: "3" }, found: /shards|missing/ },
    { env: { P4_REPLICAS: "3" }, found: /num_replicas: wanted 3, found 1/ },
    { env: { P4_LOG_RETENTION: "30d" }, found: /max_age/ },
    { env: { P4_REGION: "elsewhere" }, found: /missing/ },
  ])("names what is not as configured, with its fix: $env", async ({ env, found }) => {
    const { exitCode, finding } = await diagnose([], env);
    expect([exitCode, finding("streams")]).toMatchObject([1, { status: "failed", found }]);
    expect(finding("streams")?.fix).not.toBe("");
  });

  it("changes nothing: a broker without a log stays without one", async () => {
    await diagnose([], { P4_REGION: "elsewhere" });
    const { exitCode, err } = await p4(["channels"], { P4_REGION: "elsewhere" });
    expect([exitCode, err]).toEqual([1, expect.stringContaining("no log of region elsewhere")]);
  });

  it("refuses to look for channels in the wrong shards", async () => {
    const { exitCode, err } = await p4(["replay", "any"], { P4_SHARDS: "3" });
    expect([exitCode, err]).toEqual([1, expect.stringContaining("made for 2 shards, not 3")]);
    expect(err).toContain("Set P4_SHARDS");
  });
});

describe("p4 doctor with a user who may only read", () => {
  const dir = tempDir();
  const configFile = join(dir, "nats.conf");
  writeFileSync(
    configFile,
    `host: "127.0.0.1"
jetstream {}
authorization { users: [
  { user: "app", password: "app" },
  { user: "eyes", password: "eyes", permissions: { publish: { allow: ["$JS.API.>"] } } }
] }`,
  );
  const guarded = withNatsServer({ configFile });

  it("says that it may not append, and that writes are not synced", async () => {
    const { host } = new URL(guarded.url);
    const url = (user: string): string => `nats://${user}:${user}@${host}`;
    const broker = await connectBroker({ url: url("app"), name: "test" });
    const { provision } = await import("@p4/nats");
    await provision(broker, {
      region: "local",
      shards: 1,
      replicas: 1,
      retentionMs: 90 * 86_400_000,
      documents: { proofs: {}, index: { maxAgeMs: 90 * 86_400_000 } },
    });
    await broker.close();
    const { exitCode, finding } = await diagnose(["--monitor", guarded.monitorUrl], {
      P4_NATS_URL: url("eyes"),
      P4_SHARDS: "1",
    });
    expect(exitCode).toBe(1);
    expect(finding("permissions")).toMatchObject({ status: "failed", fix: expect.stringContaining("$JS.API.>") });
    expect(finding("durability")).toMatchObject({
      status: "failed",
      fix: expect.stringContaining("sync_interval: always"),
    });
  });
});

describe("p4 streams", () => {
  it("tells what each stream holds", async () => {
    await log.record("one", said("RequestTerms"));
    await log.record("two");
    const { json } = await p4(["streams", "--json"]);
    const { streams } = json<{ streams: { stream: string; messages: number; subjects: number; bytes: number }[] }>();
    const events = streams.filter(({ stream }) => stream.startsWith("P4_CHANNELS_local_"));
    const sum = (pick: (stream: (typeof streams)[number]) => number): number =>
      events.reduce((total, each) => total + pick(each), 0);
    expect([events.length, sum((each) => each.messages), sum((each) => each.subjects)]).toEqual([2, 3, 2]);
    expect((await p4(["streams"])).out).toMatch(/KV_P4_DEADLINES_local +2 /);
    expect((await p4(["streams"], { P4_REGION: "elsewhere" })).exitCode).toBe(1);
  });
});
