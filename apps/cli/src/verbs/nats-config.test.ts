import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gateText, userPermissions } from "@p4/nats";
import { tempDir } from "@p4/testkit";
import { expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";

interface Made {
  readonly users: readonly { readonly name: string; readonly publicKey: string; readonly isNew: boolean }[];
}

const programs = ["edge", "proof-ingest", "expiry", "payd", "operator", "backup", "guard"];

it("makes a key for each program once, shows none, and rewrites permissions", async () => {
  const folder = join(tempDir(), "users");
  const p4 = (...args: readonly string[]) => runP4(["nats-config", folder, ...args, "--json"]);
  const first = await p4();
  expect(first.exitCode).toBe(0);
  const keys = programs.map((name) => `${name}.nk`);
  expect((await readdir(folder)).sort()).toEqual([...keys, "users.conf"].sort());
  const seeds = await Promise.all(keys.map(async (name) => (await readFile(join(folder, name), "utf8")).trim()));
  const config = await readFile(join(folder, "users.conf"), "utf8");
  for (const seed of seeds) expect(first.out + first.err + config).not.toContain(seed);
  for (const name of [...keys, "users.conf"]) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);

  await rm(join(folder, "edge.nk"));
  const second = await runP4(["nats-config", folder, "--account", "PAY", "--json"], { env: { P4_SHARDS: "9" } });
  const isKept = first.json<Made>().users.map(({ publicKey }, i) => {
    return second.json<Made>().users[i]?.publicKey === publicKey;
  });
  expect(isKept).toEqual(programs.map((name) => name !== "edge"));
  const again = await readFile(join(folder, "users.conf"), "utf8");
  expect(again).toMatch(/^accounts \{\n {2}PAY \{/m);
  expect([config, again].map((text) => text.includes("P4_CHANNELS_local_8"))).toEqual([false, true]);

  await writeFile(join(folder, "edge.nk"), "S3cret");
  const spoiled = await p4();
  expect([spoiled.exitCode, spoiled.json()]).toMatchObject([1, { error: { code: "NATS_CONFIG" } }]);
  expect(spoiled.out + spoiled.err).not.toContain("S3cret");
  expect((await p4("--account", "two words")).exitCode).toBe(2);
});

it("with several sites, has writers of events held back by a gate file beside it, which is shut", async () => {
  const folder = join(tempDir(), "users");
  const env = { P4_SITES: "a=nats://a:4222;b=nats://b:4222" };
  await runP4(["nats-config", folder, "--json"], { env });
  expect(await readFile(join(folder, "gate.conf"), "utf8")).toBe(gateText("shut"));
  const config = await readFile(join(folder, "users.conf"), "utf8");
  expect(config).toMatch(/^include "gate.conf"$/m);
  const held = config.split(/(?=^ {4}# )/m).filter((user) => user.includes("], deny: $P4_FENCED }"));
  const names = held.map((user) => /# ([\w-]+)/.exec(user)?.[1]);
  expect(names).toEqual(programs.filter((name) => name !== "backup"));
});

it("lets no user publish on wildcards that reach the streams of others", () => {
  for (const { publish, subscribe } of Object.values(userPermissions("local", 8))) {
    expect(publish.filter((subject) => /^(>|\*|p4\.>|\$JS\.API\.>|\$KV\.>|\$O\.>|_INBOX)/.test(subject))).toEqual([]);
    expect(publish.filter((subject) => /\.live\.|STREAM\.(DELETE|UPDATE)|PURGE\.P4_CHANNELS/.test(subject))).toEqual(
      [],
    );
    expect(subscribe).not.toContain("_INBOX.>");
  }
});
