import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (...args: readonly string[]) => runP4(args, { env: log.env });
const file = join(tempDir(), "states.jsonl");

beforeAll(async () => {
  for (let i = 0; i < 20; i++) await log.record(`whole-${i}`, said("RequestTerms"), said("OfferTerms"));
});

describe("p4 recover --all --check and p4 replay --all --against", () => {
  it("folds every channel, and writes down where each one leads", async () => {
    const { exitCode, json } = await p4("recover", "--all", "--check", "--state-hashes", file, "--json");
    expect([exitCode, json()]).toMatchObject([0, { channels: 20, events: 60, damaged: [] }]);
    expect((await readFile(file, "utf8")).split("\n")).toHaveLength(23);
  });

  it("finds no change with the same machine, also when a channel has gone on", async () => {
    await log.node.registry.submit("whole-3", said("SubmitPayment"));
    const { exitCode, out } = await p4("replay", "--all", "--against", file);
    expect(exitCode).toBe(0);
    expect(out).toContain("every channel ends where it ended");
  });

  it("names each channel that another machine led elsewhere", async () => {
    const other = `${file}.other`;
    const lines = (await readFile(file, "utf8")).split("\n");
    const changed = lines.map((line) =>
      line.includes('"whole-7"') ? line.replace("awaitingPayment", "settled").replace(/"[0-9a-f]{32}"/, '"00"') : line,
    );
    await writeFile(other, changed.join("\n"));
    const { exitCode, out } = await p4("replay", "--all", "--against", other);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/changed whole-7 at \d+: settled -> awaitingPayment/);
    expect(out).toContain("ending elsewhere: 1 channel");
  });

  it("names a channel that the log has lost", async () => {
    const lost = `${file}.lost`;
    const text = await readFile(file, "utf8");
    await writeFile(lost, text.replace('{"channels":20}', '["ghost",5,"awaitingPayment","00"]\n{"channels":21}'));
    const { exitCode, json } = await p4("replay", "--all", "--against", lost, "--json");
    expect([exitCode, json()]).toMatchObject([1, { channels: 21, gone: 0, changed: [{ channelId: "ghost" }] }]);
  });

  it("says that the disk is full, and leaves nothing there", async () => {
    const full = `${file}.full`;
    await symlink("/dev/full", `${full}.part`);
    const { exitCode, err, json } = await p4("recover", "--all", "--check", "--state-hashes", full, "--json");
    expect([exitCode, json()]).toMatchObject([1, { error: { code: "CANNOT_WRITE" } }]);
    expect(err).toContain("ENOSPC");
    expect((await readdir(dirname(file))).filter((name) => name.includes(".full"))).toEqual([]);
  });

  it.each([
    { what: "cut short", change: (text: string) => text.slice(0, text.length / 2), exitCode: 1, says: "breaks off" },
    {
      what: "without its end",
      change: (text: string) => text.replace(/\{"channels".*\n/, ""),
      exitCode: 1,
      says: "breaks off",
    },
    { what: "of another kind", change: () => "hello\n", exitCode: 2, says: "holds no state hashes" },
  ])("does not take a file $what for a whole one", async ({ change, exitCode, says }) => {
    const bad = `${file}.bad`;
    await writeFile(bad, change(await readFile(file, "utf8")));
    const ran = await p4("replay", "--all", "--against", bad);
    expect([ran.exitCode, ran.out]).toEqual([exitCode, ""]);
    expect(ran.err).toContain(says);
  });

  it("reports each channel that does not fold, with its place", async () => {
    await log.record("torn");
    const place = await log.appendRaw("torn", "{");
    const { exitCode, json } = await p4("recover", "--all", "--check", "--json");
    const damaged = [{ channelId: "torn", code: "LOG_EVENT_CORRUPT", streamVersion: place }];
    expect([exitCode, json()]).toMatchObject([1, { channels: 21, damaged }]);
  });

  it("asks for what it is to do", async () => {
    expect((await p4("recover")).exitCode).toBe(2);
    expect((await p4("replay")).exitCode).toBe(2);
    expect((await p4("replay", "whole-1", "--against", file)).exitCode).toBe(2);
  });
});
