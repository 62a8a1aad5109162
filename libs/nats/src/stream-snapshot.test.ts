import { connectBroker } from "./connect-broker.ts";
import type { Broker } from "./broker.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, repositoryNatsConf, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeadlineStore } from "./deadline-store.ts";
import { createEventLog } from "./event-log.ts";
import { inspectStreams } from "./inspect.ts";
import { restoreStream, snapshotStream, type SnapshotHead } from "./stream-snapshot.ts";
import { region, settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
const dir = mkdtempSync(join(tmpdir(), "p4-snapshot-"));
let other: NatsServerProcess;
beforeAll(async () => {
  const { path: binary } = await findNatsServer();
  other = await startNatsServer({ binary, configFile: repositoryNatsConf, storeDir: dir });
}, 120_000);
afterAll(async () => {
  await other.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Snapshot extends SnapshotHead {
  readonly chunks: Uint8Array[];
}

async function snapshotOf(broker: Broker, stream: string): Promise<Snapshot> {
  const chunks: Uint8Array[] = [];
  const head = await snapshotStream(broker, stream, async (chunk) => void chunks.push(chunk.slice()));
  return { ...head, chunks };
}

async function* each(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

const eventsOf = async (broker: Broker, channelId: string) => {
  const events = await createEventLog(broker, settings).readStream(channelId);
  return events.map(({ streamVersion, storedAtMs, bytes }) => [streamVersion, storedAtMs, bytes.length]);
};

describe("a stream's snapshot", () => {
  it("comes back with sequences and times as they were, and deadlines that still elapse", async () => {
    const [from, to] = [await nats.connect(), await connectBroker({ url: other.url, name: "test" })];
    const log = createEventLog(from, settings);
    let version = 0;
    const append = async (i: number) => {
      const request = {
        channelId: "c",
        eventId: `e${i}`,
        bytes: new Uint8Array(20_000),
        expectedStreamVersion: version,
      };
      version = (await log.appendToStream(request)).nextExpectedStreamVersion;
    };
    for (let i = 0; i < 100; i++) await append(i);
    const at = version;
    await createDeadlineStore(from, { region }).arm("c", 2_000);

    const streams = (await inspectStreams(from, region)).map(({ stream }) => stream);
    const writing = (async () => {
      for (let i = 100; i < 120; i++) await append(i);
    })();
    const snapshots: Snapshot[] = [];
    for (const stream of streams) snapshots.push(await snapshotOf(from, stream));
    await writing;
    const before = await eventsOf(from, "c");

    const elapsed: string[] = [];
    for (const snapshot of snapshots) await restoreStream(to, snapshot, each(snapshot.chunks));
    const watch = await createDeadlineStore(to, { region }).watchElapsed(async (channelId) => {
      elapsed.push(channelId);
      return { outcome: "done" };
    });
    const after = await eventsOf(to, "c");
    expect(after.at(-1)?.[0]).toBeGreaterThanOrEqual(at);
    expect(after).toEqual(before.slice(0, after.length));
    await expect.poll(() => elapsed, { timeout: 20_000 }).toEqual(["c"]);
    watch.unsubscribe();
    await watch.stopped;

    const [first] = snapshots as [Snapshot];
    await expect(restoreStream(to, first, each(first.chunks))).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
    const copy = { config: { ...first.config, name: "COPY", subjects: ["copy"] }, state: first.state };
    const damaged = first.chunks.map((chunk, i) => (i === 0 ? chunk.map((byte) => byte ^ 1) : chunk));
    const attempt = restoreStream(to, copy, each(damaged));
    await expect(attempt).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await to.close();
  });
});
