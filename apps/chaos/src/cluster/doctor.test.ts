import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connectBroker, provision } from "@p4/nats";
import { documentBuckets } from "@p4/app";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startBrokerCluster, type Broker, type BrokerCluster } from "../system/broker-cluster.ts";
import { writeRunningFile } from "./running-file.ts";

const p4 = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));
const settings = { P4_REPLICAS: "3", P4_SHARDS: "2", P4_JOIN_SECRET: "a-secret-of-sixteen" };
const retentionMs = 90 * 86_400_000;
const limitMs = 60_000;

let dir: string;
let brokers: BrokerCluster;
let natsUrl: string;
let forget: () => Promise<void>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "p4-doctor-"));
  brokers = await startBrokerCluster(join(dir, "cluster"), { members: 3, linked: false }, () => undefined);
  natsUrl = brokers.brokers.map(({ url }) => url).join(",");
  const broker = await connectBroker({
    url: natsUrl,
    name: "doctor-test",
    connectWithinMs: limitMs,
    // Three members agree on each stream, which takes a busy machine long.
    requestTimeoutMs: limitMs,
  });
  await provision(broker, {
    region: "local",
    shards: 2,
    replicas: 3,
    retentionMs,
    documents: documentBuckets(retentionMs),
  });
  await broker.close();
  forget = await writeRunningFile(join(dir, "cluster"), { natsUrl, brokers }, settings);
}, 3 * limitMs);

afterAll(async () => {
  await forget();
  await brokers.stop();
  await rm(dir, { recursive: true });
});

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly found: string;
}

/** As an operator runs it: a process of its own, which has to end. */
async function diagnose(env: Record<string, string> = { P4_DATA_DIR: dir }) {
  const options = { env: { PATH: process.env["PATH"], ...env }, timeout: limitMs };
  const { exitCode, out } = await new Promise<{ exitCode: number | string | null; out: string }>((resolve) => {
    execFile(process.execPath, [p4, "doctor", "--json"], options, (error, stdout) =>
      resolve({ exitCode: error === null ? 0 : (error.code ?? null), out: stdout }),
    );
  });
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const red = findings.filter(({ status }) => status === "failed").map(({ check }) => check);
  return { exitCode, findings, red, of: (check: string) => findings.find((finding) => finding.check === check) };
}

/** Until the cluster has chosen its leaders, they are what is red; and they learn of a dead member a little later. */
function settled(env?: Record<string, string>, cluster = "ok"): ReturnType<typeof diagnose> {
  return vi.waitFor(
    async () => {
      const found = await diagnose(env);
      expect(found.red.filter((check) => check !== "servers" && check !== "cluster")).toEqual([]);
      expect(found.of("cluster")?.status).toBe(cluster);
      // Without a leader it is red as well.
      if (cluster !== "ok") expect(found.of("cluster")?.found).toContain("for longer than 10 s");
      return found;
    },
    { timeout: 2 * limitMs, interval: 100 },
  );
}

test("a healthy cluster is found through the data folder, and nothing of it is red", async () => {
  const { exitCode, red, of } = await settled();
  expect([exitCode, red]).toEqual([0, []]);
  expect(of("servers")?.found).toMatch(/^all 3 answer: .*nats-a.*nats-b.*nats-c/);
  expect(of("streams")?.found).toBe("all as configured: 2 shards, 3 copies");
  expect(of("durability")?.found).toContain("replicated+fsync");
});

test("nor where only its address is known, and P4_REPLICAS is not set", async () => {
  const { exitCode, of } = await settled({ P4_NATS_URL: natsUrl, P4_SHARDS: "2" });
  expect(exitCode).toBe(0);
  expect(of("streams")?.found).toContain("3 copies");
});

test("what P4_REPLICAS is set to is wanted, though", async () => {
  const { exitCode, of } = await diagnose({ P4_DATA_DIR: dir, P4_REPLICAS: "1" });
  expect([exitCode, of("streams")]).toMatchObject([1, { status: "failed", found: /num_replicas: wanted 1, found 3/ }]);
});

test.each([
  { what: "dead", harm: (broker: Broker) => broker.kill(), mend: (broker: Broker) => broker.start() },
  { what: "silent", harm: async (broker: Broker) => broker.pause(), mend: async (broker: Broker) => broker.resume() },
])(
  "a broker that is $what is named, and the others are told of",
  async ({ harm, mend }) => {
    const harmed = brokers.brokers[1] as Broker;
    await harm(harmed);
    try {
      // At once, while streams have lost their leaders: what can be seen is told.
      const first = await diagnose();
      expect(first.exitCode).toBe(1);
      expect(first.of("servers")).toMatchObject({ status: "failed" });
      expect(first.of("servers")?.found).toContain(`${harmed.url} does not answer`);
      expect(first.of("servers")?.found).toMatch(/2 of 3 do: .*nats-a.*nats-c/);
      // The cluster itself may have no leader yet: then that is said.
      expect(first.of("server") ?? first.of("jetstream")).toBeDefined();
      const { exitCode, red, of } = await settled(undefined, "failed");
      expect([exitCode, red]).toEqual([1, ["servers", "cluster"]]);
      expect(of("permissions")?.status).toBe("ok");
      expect(of("cluster")?.found).toMatch(/nats-b \(\d+ streams?\)/);
    } finally {
      await mend(harmed);
    }
    expect((await settled()).exitCode).toBe(0);
  },
  6 * limitMs,
);

test(
  "copies are rebuilt while the stream is there, and nothing is to be repaired where all keep up",
  async () => {
    const stream = "P4_CHANNELS_local_0";
    expect(await repair("--stream", stream, "--yes")).toMatchObject({ streams: [stream] });
    const { of } = await settled();
    expect(of("streams")?.found).toContain("3 copies");
    expect(await repair("--dry-run")).toEqual({ streams: [] });
  },
  6 * limitMs,
);

async function repair(...args: string[]): Promise<unknown> {
  const options = { env: { PATH: process.env["PATH"], P4_DATA_DIR: dir }, timeout: 2 * limitMs };
  const { stdout } = await promisify(execFile)(process.execPath, [p4, "repair", ...args, "--json"], options);
  return JSON.parse(stdout);
}

test("the file tells places alone, to its owner alone", async () => {
  const path = join(dir, "cluster", "stack.json");
  const text = await readFile(path, "utf8");
  expect(text).not.toContain("a-secret-of-sixteen");
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
  expect(JSON.parse(text)).toMatchObject({ pid: process.pid, natsUrl, settings: { P4_REPLICAS: "3", P4_SHARDS: "2" } });
});
