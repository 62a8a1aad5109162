import { chmod, copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyEvidence } from "@p4/evidence";
import { nodeCrypto, sha256Hex } from "@p4/node-crypto";
import { tempDir } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { paidBlock, paidChannelId, paidCommands } from "../test-support/paid-channel.ts";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4, type RunOptions } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const dir = tempDir();
const headers = join(dir, "headers.txt");
const file = join(dir, "paid.p4e");
const operatorEnv = () => ({ ...log.env, P4_DATA_DIR: dir, P4_HEADER_SOURCE: `file:${headers}` });
const p4 = (args: readonly string[], options: RunOptions = {}) => runP4(args, { env: operatorEnv(), ...options });
/** Another machine: no settings, and no broker to find. */
const elsewhere = (...args: readonly string[]) => runP4(args);

let operatorKey = "";
/** A machine where the key is known. */
const pinned = () => ({ P4_DATA_DIR: join(dir, "pinned") });

beforeAll(async () => {
  await writeFile(headers, `${paidBlock} 1105\n`);
  for (const command of paidCommands()) {
    const result = await log.node.registry.submit(paidChannelId, command);
    expect(result.outcome).toBe("stored");
  }
  const ran = await p4(["evidence", "export", paidChannelId, "-o", file, "--html", "--json"]);
  expect([ran.exitCode, ran.err]).toEqual([0, expect.stringContaining("a new private key was made")]);
  operatorKey = ran.json<{ operatorKey: string }>().operatorKey;
  await mkdir(pinned().P4_DATA_DIR);
  const lines = ["# the operators that we know", `02${"11".repeat(32)}`, operatorKey.toUpperCase(), ""];
  await writeFile(join(pinned().P4_DATA_DIR, "operator-keys"), lines.join("\n"));
});

describe("p4 evidence export", () => {
  it("makes a key that no other user can read, and shows its public part alone", async () => {
    const path = join(dir, "operator.key");
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
    const secret = (await readFile(path, "utf8")).trim();
    const { out, err } = await p4(["evidence", "export", paidChannelId, "-o", file, "--yes"]);
    expect(out).toContain(operatorKey);
    expect(out + err).not.toContain(secret);
  });

  it("takes the key of the data directory; commands that make it at once have the same", async () => {
    const env = { ...operatorEnv(), P4_DATA_DIR: join(dir, "other") };
    const runs = [1, 2, 3, 4].map((n) =>
      p4(["evidence", "export", paidChannelId, "-o", join(dir, `${n}.p4e`), "--json"], { env }),
    );
    const keys = (await Promise.all(runs)).map((ran) => ran.json<{ operatorKey: string }>().operatorKey);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).not.toBe(operatorKey);
  });

  it("puts in the block's header, and says so when it cannot be had", async () => {
    const whole = await elsewhere("evidence", "verify", file);
    expect(whole.out).toMatch(/proved +The blocks +Block 71629268/);
    const env = { ...operatorEnv(), P4_HEADER_SOURCE: "miner:http://127.0.0.1:1" };
    const bare = await p4(["evidence", "export", paidChannelId, "-o", join(dir, "bare.p4e")], { env });
    expect([bare.exitCode, bare.out]).toEqual([0, expect.stringMatching(/no header of block 71629268.*127.0.0.1:1/)]);
    expect((await elsewhere("evidence", "verify", join(dir, "bare.p4e"))).out).toMatch(/not proved +The blocks/);
  });

  it("asks before it replaces a file", async () => {
    const before = await readFile(file);
    const again = ["evidence", "export", paidChannelId, "-o", file];
    expect((await p4(again)).exitCode).toBe(2);
    expect((await p4(again, { answer: false })).exitCode).toBe(1);
    expect(await readFile(file)).toEqual(before);
    expect((await p4(again, { answer: true })).exitCode).toBe(0);
  });

  it.each([
    { what: "bytes that are no event", content: async () => "{" },
    { what: "an event with a byte that is no text", content: brokenText },
  ])("refuses a log with $what, names the place and writes nothing", async ({ what, content }) => {
    const channelId = `bad-${what.length}`;
    await log.record(channelId);
    const place = await log.appendRaw(channelId, await content(channelId));
    const output = join(dir, "bad.p4e");
    const { exitCode, out, err } = await p4(["evidence", "export", channelId, "-o", output, "--json"]);
    expect([exitCode, JSON.parse(out)]).toMatchObject([1, { error: { code: "LOG_EVENT_CORRUPT" } }]);
    expect(err).toContain(`channel ${channelId}`);
    expect(err).toContain(`at ${place}`);
    await expect(stat(output)).rejects.toThrow("ENOENT");
  });

  it("tells an unknown channel, a key that is exposed and a key that is none", async () => {
    const unknown = await p4(["evidence", "export", "unknown", "--json"]);
    expect([unknown.exitCode, unknown.json()]).toMatchObject([1, { error: { code: "CHANNEL_UNKNOWN" } }]);
    const keyFile = join(dir, "bad", "operator.key");
    await mkdir(join(dir, "bad"));
    const env = { ...operatorEnv(), P4_DATA_DIR: join(dir, "bad") };
    await writeFile(keyFile, "ab".repeat(32), { mode: 0o644 });
    const run = () => p4(["evidence", "export", paidChannelId, "-o", join(dir, "x.p4e")], { env });
    expect(await run()).toMatchObject({ exitCode: 1, err: expect.stringContaining(`chmod 600 ${keyFile}`) });
    await chmod(keyFile, 0o600);
    await writeFile(keyFile, "00".repeat(32));
    expect(await run()).toMatchObject({ exitCode: 1, err: expect.stringContaining("no private key") });
  });
});

describe("p4 evidence verify", () => {
  it("needs nothing but the file", async () => {
    const folder = join(dir, "court");
    await mkdir(folder);
    await copyFile(file, join(folder, "exhibit.p4e"));
    const { exitCode, out } = await elsewhere(
      "evidence",
      "verify",
      join(folder, "exhibit.p4e"),
      "--trusted-key",
      operatorKey,
    );
    expect(exitCode).toBe(0);
    expect(out).toContain("This evidence holds.");
    expect(out).toMatch(/proved +Whose key signed/);
    expect(out).toMatch(/proved +The Merkle proofs/);
    expect(out).toMatch(/not proved +Nothing is missing at the end/);
    expect(out).toContain(`channel ${paidChannelId}`);
  });

  it("does not hold where nothing is known of the key: the same file, rewritten and signed with another key", async () => {
    const forgery = join(dir, "forgery.p4e");
    const env = { ...operatorEnv(), P4_DATA_DIR: join(dir, "forger") };
    const made = await p4(["evidence", "export", paidChannelId, "-o", forgery, "--json"], { env });
    const { operatorKey: forger } = made.json<{ operatorKey: string }>();
    for (const verb of ["verify", "show"]) {
      for (const run of [elsewhere("evidence", verb, forgery), p4(["evidence", verb, forgery])]) {
        const { exitCode, out } = await run;
        expect([exitCode, out]).toEqual([4, expect.stringContaining("A key signed this.")]);
        expect(out).toContain(forger);
        expect(out).not.toContain("This evidence holds");
      }
    }
    const asJson = await elsewhere("evidence", "verify", forgery, "--json");
    expect([asJson.exitCode, asJson.json()]).toMatchObject([4, { ok: false, verdict: "unknown-key" }]);
    const countersigned = ["evidence", "countersign", forgery, "--key-file", join(dir, "m.key"), "--json"];
    const refused = await elsewhere(...countersigned);
    expect([refused.exitCode, refused.json()]).toMatchObject([4, { error: { code: "KEY_UNKNOWN" } }]);
  });

  it.each([
    { where: "the operator's own machine", run: () => p4(["evidence", "verify", file]) },
    { where: "one that names the key", run: () => runP4(["evidence", "verify", file], { env: pinned() }) },
    { where: "one that is told", run: () => elsewhere("evidence", "verify", file, "--trusted-key", operatorKey) },
  ])("holds on $where", async ({ run }) => {
    expect(await run()).toMatchObject({ exitCode: 0, out: expect.stringContaining("This evidence holds.") as string });
  });

  it("leaves out an own key that others may read, and says so", async () => {
    const P4_DATA_DIR = join(dir, "exposed");
    await mkdir(P4_DATA_DIR);
    const exposed = join(P4_DATA_DIR, "operator.key");
    await writeFile(exposed, await readFile(join(dir, "operator.key")), { mode: 0o644 });
    const ran = await p4(["evidence", "verify", file], { env: { P4_DATA_DIR } });
    expect(ran).toMatchObject({ exitCode: 4, err: expect.stringContaining("others may read") as string });
  });

  it("fails for a key that is not trusted", async () => {
    const { exitCode, out } = await elsewhere("evidence", "verify", file, "--trusted-key", `02${"11".repeat(32)}`);
    expect([exitCode, out]).toEqual([1, expect.stringMatching(/FAILED +Whose key signed/)]);
  });

  it("finds each of 1,000 changed bytes and names its part", async () => {
    const original = await readFile(file);
    const random = seeded(20_261_123);
    const missed: number[] = [];
    for (let i = 0; i < 1_000; i++) {
      const at = Math.floor(random() * original.length);
      const changed = Uint8Array.from(original);
      changed[at] = ((changed[at] ?? 0) + 1 + Math.floor(random() * 255)) % 256;
      const { verdict, checks } = verifyEvidence(changed, { crypto: nodeCrypto });
      const named = checks.some(({ status, line, part }) => status === "failed" && line !== null && part !== null);
      if (verdict !== "fails" || !named) missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  it.each([
    {
      what: "a changed byte",
      says: /FAILED .*\(line \d+, event\)/,
      change: (text: string) => text.replace("PaymentSubmitted", "PaymentSubmittee"),
    },
    {
      what: "a half-written file",
      says: /FAILED +Every part of the file/,
      change: (text: string) => text.slice(0, text.length / 2),
    },
    {
      what: "a newer version",
      says: /FAILED +Format and version .*newer/s,
      change: (text: string) => text.replace("p4e/1 ", "p4e/2 "),
    },
    { what: "another kind of file", says: /FAILED/, change: () => "%PDF-1.7\n" },
    { what: "an empty file", says: /FAILED/, change: () => "" },
  ])("says what is wrong with $what", async ({ says, change }) => {
    const path = join(dir, "changed.p4e");
    await writeFile(path, change(await readFile(file, "utf8")));
    for (const verb of ["verify", "show"]) {
      const { exitCode, out } = await elsewhere("evidence", verb, path);
      expect([exitCode, out]).toEqual([1, expect.stringMatching(says)]);
      expect(out).toContain("does not hold");
    }
  });

  it.each([
    { args: ["verify", "/nowhere/x.p4e"], says: "cannot be read" },
    { args: ["verify", file, "--trusted-key", "02ab"], says: "66 hex digits" },
    { args: ["verify", file, "--anchor", "/nowhere/x.p4a"], says: "anchor file cannot be read" },
    { args: ["countersign", file], says: "--key-file" },
  ])("answers the misuse $args with exit code 2", async ({ args, says }) => {
    expect(await elsewhere("evidence", ...args)).toMatchObject({ exitCode: 2, err: expect.stringContaining(says) });
  });

  it("writes pages for people: beside the export, and of what was verified", async () => {
    // The page goes to the other side, which has to find out whose key it is.
    const handedOut = await readFile(join(dir, "paid.html"), "utf8");
    expect(handedOut).toContain("A key signed this. Whose it is, is not known here.");
    expect(handedOut).not.toContain("This evidence holds");
    const page = join(dir, "verified.html");
    await elsewhere("evidence", "verify", file, "--trusted-key", operatorKey, "--html", page);
    expect(await readFile(page, "utf8")).toContain("This evidence holds");
  });
});

describe("p4 evidence show", () => {
  it("tells what p4 replay tells of the log", async () => {
    const shown = (await elsewhere("evidence", "show", file, "--json")).json<{ entries: object[] }>();
    const replayed = (await p4(["replay", paidChannelId, "--json"])).json<{ entries: object[] }>();
    expect(shown.entries).toEqual(replayed.entries);
    expect((await elsewhere("evidence", "show", file)).out).toMatch(
      /customer +payment +awaitingPayment -> awaitingAck/,
    );
  });
});

describe("p4 evidence countersign", () => {
  it("lets a second party vouch for the head: a tail that is cut off later is found", async () => {
    const keyFile = join(dir, "merchant.key");
    const signed = join(dir, "signed.p4e");
    const ran = await elsewhere(
      "evidence",
      "countersign",
      file,
      "--key-file",
      keyFile,
      "-o",
      signed,
      "--json",
      "--trusted-key",
      operatorKey,
    );
    const { publicKey } = ran.json<{ publicKey: string }>();
    const trusting = ["--trusted-key", operatorKey];
    const verified = await elsewhere("evidence", "verify", signed, ...trusting, "--witness-key", publicKey);
    expect(verified.exitCode).toBe(0);
    expect(verified.out).toMatch(/proved +Nothing is missing at the end/);
    expect((await elsewhere("evidence", "verify", file)).out).toMatch(/not proved +Nothing is missing at the end/);
    const twice = await elsewhere("evidence", "countersign", signed, "--key-file", keyFile, ...trusting);
    expect(twice).toMatchObject({ exitCode: 1, err: expect.stringContaining("already") });
  });

  it("signs nothing that does not hold", async () => {
    const path = join(dir, "damaged.p4e");
    const damaged = (await readFile(file, "utf8")).replace("ChannelOpened", "ChannelOpenee");
    await writeFile(path, damaged);
    const { exitCode, err } = await elsewhere("evidence", "countersign", path, "--key-file", join(dir, "merchant.key"));
    expect([exitCode, err]).toEqual([1, expect.stringContaining("nothing was signed")]);
    expect(await readFile(path, "utf8")).toBe(damaged);
  });
});

describe("a channel that goes on", () => {
  it("is exported as it is then", async () => {
    await log.record("going", said("RequestTerms"));
    const path = join(dir, "going.p4e");
    await p4(["evidence", "export", "going", "-o", path]);
    await log.node.registry.submit("going", said("OfferTerms"));
    const run = await p4(["evidence", "export", "going", "-o", path, "--yes", "--json"]);
    expect(run.json()).toMatchObject({ eventCount: 3, state: "awaitingPayment" });
  });
});

/** Right in every way, were it decoded leniently. */
async function brokenText(channelId: string): Promise<Uint8Array> {
  const last = (await log.node.log.readStream(channelId)).at(-1);
  const metadata = {
    eventId: "e",
    schemaVersion: 1,
    recordedAtMs: 1,
    previousHash: sha256Hex(last?.bytes ?? ""),
    correlationId: "~",
    causationId: "",
  };
  const text = JSON.stringify({ type: "DeadlineExtended", data: { expiresAtMs: 1 }, metadata });
  return Uint8Array.from(Buffer.from(text), (byte) => (byte === 0x7e ? 0xff : byte));
}

/** mulberry32: the same bytes are changed in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
