import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const dir = tempDir();
const file = join(dir, "inv1.p4e");
const p4 = (...args: readonly string[]) => runP4(args, { env: { ...log.env, P4_DATA_DIR: dir } });
/** Somebody else, elsewhere: no broker. */
const elsewhere = (...args: readonly string[]) => runP4(args, { env: { P4_NATS_URL: "nats://127.0.0.1:1" } });

beforeAll(async () => {
  await log.record("inv1", said("RequestTerms"), said("OfferTerms"));
  await log.record("inv2");
});

describe("p4 evidence", () => {
  it("exports a signed file that anybody can verify without a broker", async () => {
    const { exitCode, json } = await p4(
      "evidence",
      "export",
      "inv1",
      "-o",
      file,
      "--html",
      join(dir, "inv1.html"),
      "--json",
    );
    const { operatorKey } = json<{ operatorKey: string }>();
    expect(exitCode).toBe(0);
    expect(((await stat(join(dir, "operator.key"))).mode & 0o777).toString(8)).toBe("600");
    expect(await readFile(join(dir, "inv1.html"), "utf8")).toContain("inv1");
    const verified = await elsewhere("evidence", "verify", file, "--trust", operatorKey);
    expect(verified.exitCode).toBe(0);
    expect(verified.out).toContain("Nothing in it is wrong.");
    expect(verified.out).toMatch(/not proved/);
  });

  it("finds one changed byte and names its part", async () => {
    const bytes = await readFile(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const changed = join(dir, "changed.p4e");
    await writeFile(changed, bytes);
    const { exitCode, out } = await elsewhere("evidence", "verify", changed);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/FAILED .*\(line \d+/);
  });

  it("does not write over a file, nor read a key that others can read", async () => {
    const again = await p4("evidence", "export", "inv1", "-o", file);
    expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining("--force")]);
    await chmod(join(dir, "operator.key"), 0o644);
    const exposed = await p4("evidence", "export", "inv1", "-o", file, "--force");
    expect([exposed.exitCode, exposed.err]).toEqual([2, expect.stringContaining("chmod 600")]);
    await chmod(join(dir, "operator.key"), 0o600);
  });

  it.each([
    { args: ["export", "nobody", "-o", join(dir, "x")], exitCode: 1, says: "no channel nobody" },
    { args: ["verify", join(dir, "nothing.p4e")], exitCode: 2, says: "cannot read" },
    { args: ["verify", file, "--trust", "02ab"], exitCode: 2, says: "66 hex digits" },
  ])("answers $args with exit code $exitCode", async ({ args, exitCode, says }) => {
    const ran = await p4("evidence", ...args);
    expect([ran.exitCode, ran.err]).toEqual([exitCode, expect.stringContaining(says)]);
  });
});

describe("p4 anchor", () => {
  it("signs the heads of all channels; evidence can cite it", async () => {
    const { exitCode, json } = await p4("anchor", "--json");
    const anchor = json<{ file: string; root: string; leafCount: number }>();
    expect([exitCode, anchor.leafCount]).toEqual([0, 2]);
    const anchored = join(dir, "anchored.p4e");
    expect((await p4("evidence", "export", "inv1", "-o", anchored, "--anchor", anchor.file)).exitCode).toBe(0);
    const { out } = await elsewhere("evidence", "verify", anchored, "--root", anchor.root);
    expect(out).toMatch(/proved .*anchor/i);
  });

  it("is compared with the log, which may have gone on", async () => {
    await log.node.registry.submit("inv2", said("RequestTerms"));
    const { exitCode, out } = await p4("anchor", "--verify");
    expect([exitCode, out]).toEqual([0, expect.stringContaining("the log still has what was anchored")]);
  });

  it("tells a log that is another one", async () => {
    const other = { ...log.env, P4_DATA_DIR: dir, P4_REGION: "other" };
    const { openChannelNode } = await import("@p4/node");
    const retentionMs = 90 * 86_400_000;
    const options = { natsUrl: log.nats.url, name: "test", region: "other", shards: 2, replicas: 1, retentionMs };
    const node = await openChannelNode(options);
    const { join: joins, merchant, metadata } = await import("@p4/channel/testing");
    await node.registry.submit(
      "inv1",
      joins(merchant, { channelId: "inv1", metadata: metadata(Date.now()), expiresAtMs: Date.now() + 60_000 }),
    );
    await node.close();
    const { exitCode, json } = await runP4(["anchor", "--verify", "--json"], { env: other });
    expect([exitCode, json()]).toMatchObject([1, { differing: ["inv1"], gone: 1 }]);
  });
});
