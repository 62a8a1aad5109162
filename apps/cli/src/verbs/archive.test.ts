import { readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { createBlobStore } from "@p4/nats";
import { openChannelNode } from "@p4/app";
import { openArchive, type MadeEvidence } from "@p4/operator";
import { tempDir, waitFor } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import type { Operator } from "../operator/with-node.ts";
import { paidChannelId, paidCommands } from "../test-support/paid-channel.ts";
import { said, shards, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4, type RunOptions } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const dir = tempDir();
const env = () => ({ ...log.env, P4_DATA_DIR: dir });
const p4 = (args: readonly string[], options: RunOptions = {}) => runP4(args, { env: env(), ...options });
const json = async (...args: readonly string[]) => (await p4([...args, "--json"])).json();
const archiveNow = ["archive", "--ended-before", "1ms"] as const;
const close = () =>
  ({
    type: "CloseChannel",
    by: "operator",
    reason: "test",
    metadata: { commandId: "close", nowMs: Date.now(), correlationId: "", causationId: "test" },
  }) as const;

beforeAll(async () => {
  await log.record("ended1", said("RequestTerms"), close());
  await log.record("ended2", close());
  await log.record("open", said("RequestTerms"));
});

describe("p4 archive", () => {
  it("keeps ended channels in the store, once; the open one stays out", async () => {
    expect(await json(...archiveNow, "--to-store")).toMatchObject({ archived: 2, unchanged: 0, failed: [] });
    expect(await json(...archiveNow, "--to-store")).toMatchObject({ archived: 0, unchanged: 2 });
    const list = await p4(["archive", "list"]);
    expect(list.out).toMatch(/ended1 +closed/);
    expect(list.out).not.toContain("open ");
  });

  it("leaves channels alone that ended later", async () => {
    const target = ["--dir", join(dir, "early")];
    expect(await json("archive", "--ended-before", "1h", ...target)).toMatchObject({ archived: 0, unchanged: 0 });
  });

  it("writes them as files too, and again where a file is damaged", async () => {
    const target = ["--dir", join(dir, "files")];
    const { archived, bytes } = (await p4([...archiveNow, ...target, "--json"])).json<{
      archived: number;
      bytes: number;
    }>();
    const sizes = ["ended1", "ended2"].map((name) => stat(join(dir, "files", `${name}.p4e`)));
    const written = (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
    expect({ archived, bytes }).toEqual({ archived: 2, bytes: written });
    const path = join(dir, "files", "ended1.p4e");
    expect((await runP4(["evidence", "show", path])).out).toContain("channel.closed");
    await truncate(path, 500);
    expect(await json(...archiveNow, ...target)).toMatchObject({ archived: 1, unchanged: 1 });
  });

  it("archives the others when one is damaged, names that one, and fails", async () => {
    await log.record("damaged", close());
    await log.appendRaw("damaged", "{");
    const { exitCode, json: result } = await p4([...archiveNow, "--dir", join(dir, "rest"), "--json"]);
    expect([exitCode, result()]).toMatchObject([
      1,
      { archived: 2, failed: [{ channelId: "damaged", code: "LOG_EVENT_CORRUPT" }] },
    ]);
  });

  it.each([
    ["archive"],
    ["archive", "--ended-before", "1d"],
    ["archive", "--ended-before", "1d", "--to-store", "--dir", "x"],
  ])("says what to give: %s %s %s", async (...args) => {
    expect(await p4(args)).toMatchObject({ exitCode: 2, err: expect.stringContaining("--to-store or --dir") });
  });
});

describe("p4 evidence fetch", () => {
  it("gets the file back as it was archived; the other verbs read it", async () => {
    const path = join(dir, "fetched.p4e");
    expect((await p4(["evidence", "fetch", "ended1", "-o", path])).exitCode).toBe(0);
    const shown = (await runP4(["evidence", "show", path, "--json"])).json<{ entries: object[]; state: string }>();
    const replayed = (await p4(["replay", "ended1", "--json"])).json<{ entries: object[] }>();
    expect(shown).toMatchObject({ state: "closed", entries: replayed.entries });
  });

  it("tells a channel that is not archived, and a file that is not what was archived", async () => {
    expect(await p4(["evidence", "fetch", "open", "--json"])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining("NOT_ARCHIVED"),
    });
    const { archived } = (await p4(["archive", "list", "--json"])).json<{
      archived: { channelId: string; sha256: string }[];
    }>();
    const { sha256 } = archived.find(({ channelId }) => channelId === "ended2") ?? { sha256: "" };
    const blobs = createBlobStore(log.node.broker, { region: "local", name: "archive" });
    const bytes = await blobs.get(`ended2.${sha256}`);
    await blobs.put(`ended2.${sha256}`, new TextEncoder().encode("other"));
    const path = join(dir, "other.p4e");
    const damaged = await p4(["evidence", "fetch", "ended2", "-o", path, "--json"]);
    expect(damaged).toMatchObject({ exitCode: 1, out: expect.stringContaining("ARCHIVE_DAMAGED") });
    await expect(readFile(path)).rejects.toThrow("ENOENT");
    await blobs.put(`ended2.${sha256}`, bytes ?? new Uint8Array());
  });
});

describe("p4 hold", () => {
  it("archives at once, goes on while the channel does, and keeps the archive", async () => {
    expect(await json("hold", "add", "open", "--reason", "case 7")).toMatchObject({
      reason: "case 7",
      archived: { state: "awaitingTerms" },
    });
    await log.node.registry.submit("open", said("OfferTerms"));
    await p4([...archiveNow, "--to-store"]);
    const path = join(dir, "held.p4e");
    expect(await json("evidence", "fetch", "open", "-o", path)).toMatchObject({ state: "awaitingPayment" });
    expect((await p4(["hold", "list"])).out).toMatch(/open .*case 7/);

    const prune = ["archive", "prune", "--archived-before", "1ms"];
    expect((await p4(prune)).exitCode).toBe(2);
    expect((await p4(prune, { answer: false })).exitCode).toBe(1);
    expect(await json(...prune, "--yes")).toMatchObject({ deleted: 2, held: 1 });
    expect(await json("archive", "list")).toMatchObject({
      found: 1,
      archived: [{ channelId: "open", hold: "case 7" }],
    });
    expect((await p4(["evidence", "fetch", "ended1"])).exitCode).toBe(1);
  });

  it("does not prune what was archived again since it was listed", async () => {
    const archive = openArchive({ node: log.node, config: { region: "local" } } as Operator);
    const made = { channelId: "again", state: "closed", streamVersion: 1, headHash: "00" } as MadeEvidence;
    const listed = await archive.put({ ...made, text: "one" }, 1);
    const renewed = await archive.put({ ...made, streamVersion: 2, text: "two" }, 2);
    expect(await archive.remove(listed)).toBe("renewed");
    expect(await archive.record("again")).toEqual(renewed);
    expect(new TextDecoder().decode(await archive.get(renewed))).toBe("two");
    expect(await archive.remove(renewed)).toBe("removed");
  });

  it("keeps the first reason, and lets go when told", async () => {
    await p4(["hold", "add", "ended1", "--reason", "first"]);
    expect(await json("hold", "add", "ended1", "--reason", "second")).toMatchObject({ reason: "first" });
    expect((await p4(["hold", "remove", "ended1"])).exitCode).toBe(2);
    expect((await p4(["hold", "remove", "ended1", "--yes"])).exitCode).toBe(0);
    expect(await p4(["hold", "remove", "ended1", "--yes"])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("not on hold"),
    });
    expect(await json("archive", "prune", "--archived-before", "1ms", "--yes")).toMatchObject({ deleted: 1 });
  });

  it("notes the hold of a damaged channel, and says that nothing could be archived", async () => {
    await log.record("broken");
    await log.appendRaw("broken", "{");
    const { exitCode, err } = await p4(["hold", "add", "broken", "--reason", "case 8"]);
    expect([exitCode, err]).toEqual([1, expect.stringContaining("could not be archived")]);
    expect((await p4(["hold", "list"])).out).toMatch(/broken .*not yet +case 8/);
  });

  it("refuses an unknown channel", async () => {
    const unknown = await p4(["hold", "add", "unknown", "--reason", "case 9", "--json"]);
    expect([unknown.exitCode, unknown.json()]).toMatchObject([1, { error: { code: "CHANNEL_UNKNOWN" } }]);
  });
});

describe("a channel that has left the log with its age", () => {
  it("is replayed from the archive, which is said", async () => {
    const region = "aging";
    const aging = { ...env(), P4_REGION: region };
    const options = { natsUrl: log.nats.url, name: "test", region, shards, replicas: 1, retentionMs: 86_400_000 };
    const node = await openChannelNode(options);
    for (const command of paidCommands()) await node.registry.submit(paidChannelId, command);
    const hold = ["hold", "add", paidChannelId, "--reason", "case 10"];
    expect((await runP4(hold, { env: aging })).exitCode).toBe(0);
    const before = await runP4(["replay", paidChannelId, "--json"], { env: aging });
    // Not before: a busy machine takes its time for all of this.
    for (let shard = 0; shard < shards; shard++) {
      const stream = `P4_CHANNELS_${region}_${String(shard)}`;
      const { config } = await node.broker.api<{ config: Record<string, unknown> }>(`STREAM.INFO.${stream}`);
      await node.broker.api(`STREAM.UPDATE.${stream}`, { ...config, max_age: 1e9, duplicate_window: 1e9 });
    }
    await waitFor(async () => (await node.log.readStream(paidChannelId, { consistent: true })).length === 0);
    await node.close();
    const after = await runP4(["replay", paidChannelId, "--json"], { env: aging });
    expect([after.exitCode, after.err]).toEqual([0, expect.stringContaining("has left the log")]);
    expect(after.json()).toEqual(before.json());
    expect(after.err).not.toContain("a key signed it");
    const stranger = await runP4(["replay", paidChannelId], { env: { ...aging, P4_DATA_DIR: join(dir, "other") } });
    expect(stranger.err).toMatch(/a key signed it, whose it is, is not known here: 0[23]/);
    const exported = await runP4(["evidence", "export", paidChannelId, "--json"], { env: aging });
    expect(exported).toMatchObject({ exitCode: 1, err: expect.stringContaining("p4 evidence fetch") });
  });
});
