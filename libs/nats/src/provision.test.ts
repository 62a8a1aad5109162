import { beforeAll, describe, expect, it } from "vitest";
import type { Broker } from "./broker.ts";
import { createDocumentStore } from "./document-store.ts";
import { createEventLog } from "./event-log.ts";
import { provision } from "./provision.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
let broker: Broker;
beforeAll(async () => {
  broker = await nats.connect();
});

const configOf = async (stream: string) =>
  (await broker.api<{ config: Record<string, unknown> }>(`STREAM.INFO.${stream}`)).config;

describe("provision", () => {
  it("makes a log that can only grow", async () => {
    expect(await configOf("P4_CHANNELS_test_0")).toMatchObject({
      subjects: ["p4.test.0.event.*"],
      storage: "file",
      retention: "limits",
      discard: "new",
      deny_delete: true,
      deny_purge: true,
      allow_rollup_hdrs: false,
      allow_direct: true,
      compression: "none",
      duplicate_window: 120e9,
      max_age: 86_400e9,
      republish: { src: "p4.test.0.event.*", dest: "p4.test.0.live.{{wildcard(1)}}" },
    });
    await expect(broker.api("STREAM.PURGE.P4_CHANNELS_test_0")).rejects.toThrow();
    await expect(broker.api("STREAM.MSG.DELETE.P4_CHANNELS_test_0", { seq: 1 })).rejects.toThrow();
  });

  it("may run any number of times, also at once in many processes", async () => {
    const fresh = { ...settings, region: "many" };
    await Promise.all(Array.from({ length: 8 }, () => provision(broker, fresh)));
    await provision(broker, fresh);
  });

  it("makes a bucket with a limit of documents, and makes room for the newest", async () => {
    const bounded = { ...settings, region: "few", shards: 1, documents: { few: { maxDocuments: 2 } } };
    await provision(broker, bounded);
    const documents = createDocumentStore(broker, { region: "few", name: "few" });
    const bytes = new Uint8Array([1]);
    const first = await documents.put("a", bytes, 0);
    await documents.put("b", bytes, 0);
    await documents.put("a", bytes, first);
    await documents.put("c", bytes, 0);
    const kept: string[] = [];
    for await (const key of documents.keys()) kept.push(key);
    expect(kept.sort()).toEqual(["a", "c"]);
  });

  it("reports a setting that is not as configured, with stream, setting, wanted and found", async () => {
    const drifted = provision(broker, { ...settings, retentionMs: 3_600_000 });
    await expect(drifted).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
    await expect(drifted).rejects.toThrow(/P4_CHANNELS_test_1 max_age: wanted 3600000000000, found 86400000000000/);
  });

  it("reports what was changed by hand", async () => {
    const region = { ...settings, region: "byhand", shards: 1 };
    await provision(broker, region);
    const config = await configOf("P4_CHANNELS_byhand_0");
    await broker.api("STREAM.UPDATE.P4_CHANNELS_byhand_0", { ...config, republish: undefined, max_bytes: 1_000_000 });
    const check = provision(broker, region);
    await expect(check).rejects.toThrow(/max_bytes: wanted -1, found 1000000/);
    await expect(check).rejects.toThrow(/republish: wanted .*, found nothing/);
  });

  it.each([2, 5])("keeps the number of shards: %i is refused and creates nothing", async (shards) => {
    await expect(provision(broker, { ...settings, shards })).rejects.toThrow(/p4.shards: wanted "\d", found "3"/);
    await expect(configOf("P4_CHANNELS_test_4")).rejects.toMatchObject({ code: "STORE_MISSING" });
  });

  it("says when the server cannot hold as many replicas", async () => {
    const refused = provision(broker, { ...settings, region: "three", replicas: 3 });
    await expect(refused).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
  });
});

describe("a missing stream", () => {
  it("is named, not taken for a broker that is away", async () => {
    const log = createEventLog(broker, { region: "nowhere", shards: 1 });
    const request = { channelId: "c", eventId: "e", bytes: new Uint8Array(), expectedStreamVersion: 0 };
    for (const call of [log.appendToStream(request), log.readStream("c"), log.streamVersions(["c"])]) {
      await expect(call).rejects.toMatchObject({ code: "STORE_MISSING", retryable: false });
    }
  });
});
