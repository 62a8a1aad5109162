import { appendFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { connectBroker, createDeadlineStore } from "@p4/nats";
import { tempDir, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const other = withNatsServer();
const dir = tempDir();
const folder = join(dir, "backup");
const backup = (to = folder) => runP4(["backup", to, "--json"], { env: log.env });
const restore = (...args: readonly string[]) =>
  runP4(["restore", folder, "--yes", "--json", ...args], { env: { P4_NATS_URL: other.url } });

beforeAll(async () => {
  for (let i = 0; i < 15; i++) await log.record(`saved-${i}`, said("RequestTerms"), said("OfferTerms"));
  await createDeadlineStore(log.node.broker, { region: "local" }).arm("saved-1", 3_600_000);
  // Too large for the log itself: its bytes are elsewhere.
  await log.record("large", said("OfferTerms", { body: "x".repeat(700_000) }));
}, 120_000);

describe("p4 backup and p4 restore", () => {
  it("save a log that is written to, and bring back channels that all fold to what they were", async () => {
    let isOver = false;
    const writing = (async () => {
      for (let i = 0; !isOver; i++) await log.record(`new-${i}`, said("RequestTerms"), said("OfferTerms"));
      for (let i = 0; i < 15; i++) await log.node.registry.submit(`saved-${i}`, said("SubmitPayment"));
    })();
    const saved = await backup();
    isOver = true;
    await writing;
    expect([saved.exitCode, saved.err]).toEqual([0, ""]);
    const { channels } = saved.json<{ channels: number }>();
    expect(channels).toBeGreaterThanOrEqual(16);
    expect((await readdir(dir)).sort()).toEqual(["backup"]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);

    const restored = await restore();
    expect([restored.exitCode, restored.err]).toEqual([0, ""]);
    expect(restored.json()).toMatchObject({ channels, changed: [], gone: 0, alreadyThere: [] });
    const streams = restored.json<{ restored: string[] }>().restored;
    expect(streams).toContain("OBJ_P4_BLOBS_local");
    expect(streams).not.toContain("KV_P4_INDEX_local");

    const env = { P4_NATS_URL: other.url, P4_SHARDS: "2" };
    expect((await runP4(["recover", "--all", "--check", "--json"], { env })).json()).toMatchObject({
      channels,
      damaged: [],
    });
  });

  it("go on where a restore has broken off: what is there as it should be is left", async () => {
    // A deadline has elapsed since: the broker writes that down by itself.
    const broker = await connectBroker({ url: other.url, name: "test" });
    await createDeadlineStore(broker, { region: "local" }).disarm("saved-1");
    await broker.close();
    const again = await restore();
    expect([again.exitCode, again.json()]).toMatchObject([0, { restored: [], changed: [] }]);
  });

  it("refuse a target that holds something else, and a folder that is there", async () => {
    const refused = await runP4(["restore", folder, "--yes", "--json"], { env: log.env });
    expect([refused.exitCode, refused.json()]).toMatchObject([1, { error: { code: "TARGET_NOT_EMPTY" } }]);
    expect([(await backup()).exitCode, (await backup()).json()]).toMatchObject([
      2,
      { error: { code: "TARGET_EXISTS" } },
    ]);
  });

  it("leave nothing of a backup that is interrupted", async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const ran = await runP4(["backup", join(dir, "cut")], { env: log.env, signal: interrupt.signal });
    expect([ran.exitCode, await readdir(dir)]).toEqual([130, ["backup"]]);
  });

  it("take no file that was changed, and no folder of another kind", async () => {
    expect((await runP4(["restore", dir, "--yes"], { env: log.env })).exitCode).toBe(2);
    await appendFile(join(folder, "KV_P4_RECORDS_local.snapshot"), "x");
    expect([(await restore()).exitCode, (await restore()).json()]).toMatchObject([
      1,
      { error: { code: "BAD_BACKUP" } },
    ]);
  });
});
