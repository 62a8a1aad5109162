import { isStoreError } from "@p4/event-store";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Broker } from "./broker.ts";
import { createEventLog } from "./event-log.ts";
import { provision } from "./provision.ts";
import { repairStream } from "./repair-stream.ts";
import { channelStream, createNames } from "./subjects.ts";
import { useCluster } from "./test-support/use-cluster.ts";
import { settings } from "./test-support/use-nats.ts";
import { watchReplicas } from "./watch-replicas.ts";

const patient = { timeout: 60_000, interval: 50 };
const slow = { timeout: 180_000 };
const options = { ...settings, region: "lag", shards: 1, replicas: 3 };
const names = createNames(options.region, options.shards);
const stream = channelStream(names, 0);

const cluster = useCluster();
let broker: Broker;
beforeAll(async () => {
  broker = await cluster.connect();
  await vi.waitFor(() => provision(broker, options), patient);
}, 120_000);

const append = (log: ReturnType<typeof createEventLog>, version: number, eventId: string) =>
  log.appendToStream({ channelId: "ch", eventId, bytes: new Uint8Array(10), expectedStreamVersion: version });

/** A member that comes back may have the others elect a leader: then nothing is answered, rather than the past. */
async function answered<T>(work: () => Promise<T>): Promise<T> {
  for (const endMs = performance.now() + 60_000; ;) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreError(error, "STORE_UNAVAILABLE") || performance.now() > endMs) throw error;
    }
  }
}

describe("while a member of the group may answer from the past", () => {
  it("is noticed, named and forgotten when it is back; reads meanwhile show what was acknowledged", slow, async () => {
    const watch = watchReplicas(broker, names);
    try {
      const { cluster: group } = await broker.api<{ cluster: { leader: string } }>(`STREAM.INFO.${stream}`);
      const here = broker.nc.info?.server_name;
      const stopped = cluster.servers.findIndex(
        (_server, i) => `n${String(i)}` !== group.leader && `n${String(i)}` !== here,
      );
      const name = `n${String(stopped)}`;
      await vi.waitFor(() => expect(watch.isSuspect(0)).toBe(false), { timeout: 60_000, interval: 100 });
      const log = createEventLog(broker, { ...options, isSuspect: (shard) => watch.isSuspect(shard) });
      await cluster.servers[stopped]?.pause();
      let version = 0;
      try {
        await vi.waitFor(() => expect(watch.behind().map(({ server }) => server)).toEqual([name]), patient);
        expect(watch.isSuspect(0)).toBe(true);
        for (let i = 0; i < 20; i++) {
          ({ nextExpectedStreamVersion: version } = await answered(() => append(log, version, `e${String(i)}`)));
        }
      } finally {
        cluster.servers[stopped]?.resume();
      }
      // It answers again, with what it had, until it has caught up.
      for (const endMs = performance.now() + 2_000; performance.now() < endMs;) {
        const events = await answered(() => log.readStream("ch"));
        const versions = await answered(() => log.streamVersions(["ch"]));
        expect([events.at(-1)?.streamVersion, versions.get("ch")]).toEqual([version, version]);
      }
      await vi.waitFor(() => expect([watch.behind(), watch.isSuspect(0)]).toEqual([[], false]), patient);
    } finally {
      watch.stop();
    }
  });

  it("asks members by turns until one has what the leader has", slow, async () => {
    const log = createEventLog(broker, { ...options, isSuspect: () => true });
    const version = (await answered(() => log.streamVersions(["ch"]))).get("ch") ?? 0;
    expect(version).toBeGreaterThan(0);
    // The leader has more than any member shows, at first.
    const ask = vi.spyOn(broker, "api").mockResolvedValueOnce({ state: { last_seq: version + 1 } });
    const asking = log.streamVersions(["ch"]);
    const { nextExpectedStreamVersion } = await answered(() => append(log, version, "later"));
    expect((await asking).get("ch")).toBe(nextExpectedStreamVersion);
    ask.mockRestore();
    expect(await answered(() => log.streamVersions(["never-opened"]))).toEqual(new Map());
  });
});

describe("a repair", () => {
  it("keeps every event, ends with all copies, and goes on where it was cut short", slow, async () => {
    const log = createEventLog(broker, options);
    const whole = () => answered(() => log.readStream("ch", { consistent: true }));
    const before = await whole();
    const info = () =>
      broker.api<{
        config: { num_replicas: number; metadata: Record<string, string> };
        cluster: { replicas: object[] };
      }>(`STREAM.INFO.${stream}`);
    const stop = new Error("killed");
    const cutShort = repairStream(broker, stream, {
      withinMs: 60_000,
      onStep() {
        throw stop;
      },
    });
    await expect(cutShort).rejects.toBe(stop);
    await vi.waitFor(
      async () => expect((await info()).config).toMatchObject({ num_replicas: 1, metadata: { "p4.repair": "3" } }),
      patient,
    );
    // A node that is started meanwhile does not take the stream for misconfigured.
    await vi.waitFor(() => provision(broker, options), patient);
    await vi.waitFor(() => repairStream(broker, stream, { withinMs: 60_000 }), patient);
    const { config, cluster: group } = await info();
    expect(config.num_replicas).toBe(3);
    expect(config.metadata["p4.repair"]).toBeUndefined();
    expect(group.replicas).toEqual([
      expect.objectContaining({ current: true }),
      expect.objectContaining({ current: true }),
    ]);
    expect(await whole()).toEqual(before);
  });
});
