import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readAnchor } from "@p4/evidence";
import { openChannelNode } from "@p4/app";
import { tempDir } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { paidChannelId, paidCommands } from "../test-support/paid-channel.ts";
import { said, shards, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const dir = tempDir();
const file = join(dir, "anchors", "today.p4a");
const env = () => ({ ...log.env, P4_DATA_DIR: dir, P4_HEADER_SOURCE: "miner:http://127.0.0.1:1" });
const p4 = (...args: readonly string[]) => runP4(args, { env: env() });
/** Another machine, which knows no key. */
const elsewhere = (...args: readonly string[]) => runP4(args);
const trusting = (...args: readonly string[]) => elsewhere(...args, "--trusted-key", anchor.publicKey);
const exported = (name: string): string => join(dir, name);

interface Anchored {
  readonly root: string;
  readonly leafCount: number;
  readonly publicKey: string;
}
let anchor: Anchored;

/** The conversation up to the payment; the rest comes after the anchor. */
const later = [...paidCommands()];

beforeAll(async () => {
  await log.record("inv1", said("RequestTerms"), said("OfferTerms"));
  await log.record("inv2");
  for (const command of later.splice(0, 5)) await log.node.registry.submit(paidChannelId, command);
  await p4("evidence", "export", paidChannelId, "-o", exported("short.p4e"));
  for (const command of later.splice(0)) await log.node.registry.submit(paidChannelId, command);
  const ran = await p4("anchor", "-o", file, "--json");
  expect(ran.exitCode).toBe(0);
  anchor = ran.json<Anchored>();
});

describe("p4 anchor", () => {
  it("signs the heads of all channels as the log has them", async () => {
    const { heads, signedRoot } = readAnchor(await readFile(file));
    expect(heads.map(({ channelId }) => channelId)).toEqual(["inv0000001", "inv1", "inv2"]);
    expect(signedRoot.root).toBe(anchor.root);
    const { streamVersion, headHash } = (await p4("replay", "inv1", "--json")).json<{
      streamVersion: number;
      headHash: string;
    }>();
    expect(heads[1]).toEqual({ channelId: "inv1", streamVersion, headHash });
  });

  it("anchors what holds together, names what does not, and fails", async () => {
    await log.record("damaged");
    await log.appendRaw("damaged", "{");
    const path = join(dir, "with-damage.p4a");
    const { exitCode, json } = await p4("anchor", "-o", path, "--json");
    expect([exitCode, json()]).toMatchObject([1, { leafCount: 3, damaged: [{ channelId: "damaged" }] }]);
  });

  it("does not replace an anchor without being told", async () => {
    expect((await p4("anchor", "-o", file)).exitCode).toBe(2);
  });
});

describe("an anchor that was published", () => {
  it("shows that nothing is missing at the end", async () => {
    const path = exported("whole.p4e");
    await p4("evidence", "export", paidChannelId, "-o", path);
    const { exitCode, out } = await trusting("evidence", "verify", path, "--anchor", file);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/proved +Nothing is missing at the end/)]);
  });

  it("finds a removed tail, which nothing else can", async () => {
    const path = exported("short.p4e");
    const alone = await trusting("evidence", "verify", path);
    expect([alone.exitCode, alone.out]).toEqual([
      0,
      expect.stringMatching(/not proved +Nothing is missing at the end/),
    ]);
    const { exitCode, out } = await elsewhere("evidence", "verify", path, "--anchor", file);
    expect([exitCode, out]).toEqual([1, expect.stringMatching(/FAILED +Anchors .*a tail was removed/)]);
  });

  it("may travel in the file: it counts for who knows its root", async () => {
    const path = exported("anchored.p4e");
    await p4("evidence", "export", paidChannelId, "-o", path, "--anchor", file);
    expect((await elsewhere("evidence", "verify", path)).out).toMatch(/not proved +Anchors/);
    expect((await elsewhere("evidence", "verify", path, "--known-root", anchor.root)).out).toMatch(/proved +Anchors/);
    await log.record("newer");
    const refused = await p4("evidence", "export", "newer", "-o", exported("newer.p4e"), "--anchor", file);
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining("does not name channel newer") });
  });
});

describe("p4 anchor verify", () => {
  it("needs nothing but the file, and the key that one knows", async () => {
    const known = await elsewhere("anchor", "verify", file, "--trusted-key", anchor.publicKey, "--channel", "inv2");
    expect([known.exitCode, known.out]).toEqual([0, expect.stringContaining(anchor.root)]);
    expect(known.out).toContain("channel inv2: head ");
    expect(known.out).toContain("That key is the operator's");
    const other = await elsewhere("anchor", "verify", file, "--trusted-key", `02${"11".repeat(32)}`);
    expect(other).toMatchObject({ exitCode: 1, err: expect.stringContaining("none of the keys that you trust") });
  });

  it("does not take a key that is not known here for the operator's; that of this machine counts", async () => {
    const unknown = await elsewhere("anchor", "verify", file, "--json");
    expect([unknown.exitCode, unknown.json()]).toMatchObject([4, { ok: false, verdict: "unknown-key" }]);
    expect((await elsewhere("anchor", "verify", file)).out).toMatch(/a key signed: 0[23].*\n.*not known here/);
    expect((await p4("anchor", "verify", file)).exitCode).toBe(0);
  });

  it.each([
    { what: "a changed head", says: "line 3", change: (text: string) => text.replace(/(head \w+ inv1 )\d/, "$19") },
    { what: "half a file", says: "line", change: (text: string) => text.slice(0, text.length / 2) },
    { what: "a newer version", says: "newer version", change: (text: string) => text.replace("p4a/1 ", "p4a/2 ") },
  ])("names the place in $what", async ({ says, change }) => {
    const path = join(dir, "changed.p4a");
    await writeFile(path, change(await readFile(file, "utf8")));
    const { exitCode, err } = await elsewhere("anchor", "verify", path);
    expect([exitCode, err]).toEqual([1, expect.stringContaining(says)]);
  });
});

describe("p4 anchor compare", () => {
  it("finds that the log still holds what was anchored, though channels have gone on", async () => {
    await log.node.registry.submit("inv2", said("RequestTerms"));
    const { exitCode, json } = await p4("anchor", "compare", file, "--json");
    expect([exitCode, json()]).toMatchObject([0, { ok: true, differing: [], gone: 0 }]);
  });

  it("tells a log that is another one", async () => {
    const options = {
      natsUrl: log.nats.url,
      name: "test",
      region: "other",
      shards,
      replicas: 1,
      retentionMs: 86_400_000,
    };
    const node = await openChannelNode(options);
    for (const command of [...paidCommands()].slice(0, 1)) await node.registry.submit(paidChannelId, command);
    await node.close();
    const ran = await runP4(["anchor", "compare", file, "--json"], { env: { ...env(), P4_REGION: "other" } });
    expect([ran.exitCode, ran.json()]).toMatchObject([1, { differing: [{ channelId: paidChannelId }], gone: 2 }]);
  });
});
