import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChannelCommand, Participant } from "@p4/channel";
import { customer, merchant, metadata } from "@p4/channel/testing";
import { tempDir } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandOf } from "./test-support/paid-channel.ts";
import { payLine } from "./pay/pay-lines.ts";
import { resultLines } from "./conform/score-lines.ts";
import { said, withRecordedLog } from "./test-support/recorded-log.ts";
import { runP4 } from "./test-support/run-p4.ts";
import { screen } from "./test-support/screen.ts";

/** Clears a line, colours, sets the title, turns the direction, begins a line of its own. */
const hostile = "\u001b[2K\u001b]0;x\u0007\u009b31m\u202e\u2066\u200f\u061c\u2028\u007f\ud83d\nfalse line";
/** All of it in one line. */
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]|^false line/mu;

const log = withRecordedLog();
const dir = tempDir();
const file = join(dir, "hostile.p4e");
const channelId = "hostile";
const p4 = (...args: readonly string[]) => runP4(args, { env: { ...log.env, P4_DATA_DIR: dir } });

/** The lines that were written: what is left of a line break in one would be seen as a second. */
async function linesOf(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const { err } = await runP4(args, {
    env: { ...log.env, P4_DATA_DIR: dir },
    columns: 60,
    onLine: (line) => lines.push(line),
  });
  const wide = await p4(...args);
  const whole = [...lines, ...wide.out.split("\n"), ...wide.err.split("\n"), ...err.split("\n")];
  expect(whole.filter((line) => steering.test(line))).toEqual([]);
  return whole.join("\n");
}

/** One input, one output of 1,500 satoshis to OP_1: never valid on a chain. */
const transaction = `0100000001${"ab".repeat(32)}000000000151ffffffff01dc05000000000000015100000000`;

/** As a wallet sends it: every member that a peer chooses is hostile. */
function spoken(from: Participant, key: string, body: object): ChannelCommand {
  const frame = { key, messageId: `id${hostile}`, correlationID: hostile, headers: { "X-A": hostile }, body };
  return commandOf(JSON.stringify(frame), from, metadata(Date.now()));
}

const payment = spoken(customer, "payment", { rawTx: transaction, memo: hostile });
const refusal = spoken(merchant, "payment.ack", { error: 1, memo: hostile });

beforeAll(async () => {
  await log.record(channelId, said("OfferTerms"), payment, refusal);
  expect((await p4("evidence", "export", channelId, "-o", file)).exitCode).toBe(0);
});

describe("words of a stranger are shown, not obeyed", () => {
  it.each([
    { args: ["replay", channelId], shows: "refused: \\u001b[2K" },
    { args: ["evidence", "show", file], shows: "refused: \\u001b[2K" },
    { args: ["evidence", "verify", file], shows: "Whose key signed" },
    { args: ["channels"], shows: channelId },
    { args: ["close", channelId, "--reason", hostile, "--yes"], shows: channelId },
    { args: ["replay", channelId, "--at", "4"], shows: "refused: \\u001b[2K" },
  ])("by p4 $args", async ({ args, shows }) => {
    expect(await linesOf(...args)).toContain(shows);
  });

  it("by p4 tail, as they come", async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    await runP4(["tail", "--begin"], {
      env: log.env,
      signal: stop.signal,
      onLine: (line) => {
        lines.push(line);
        if (line.includes("refused:")) stop.abort();
      },
    });
    expect(lines.filter((line) => steering.test(line))).toEqual([]);
    expect(lines.join("\n")).toContain("refused: \\u001b[2K");
  });

  it("in JSON too, which keeps its value", async () => {
    const { out } = await p4("replay", channelId, "--json");
    expect(out).not.toMatch(steering);
    const { entries } = JSON.parse(out) as { entries: { detail: string }[] };
    expect(entries.find(({ detail }) => detail.startsWith("refused"))?.detail).toBe(`refused: ${hostile}`);
  });

  it.each([
    { step: "terms", satoshis: 1n, outputs: 1, memo: hostile },
    { step: "acknowledged", accepted: false, memo: hostile },
    { step: "proofRefused", reason: hostile },
    { step: "joined", channelId, channelState: hostile },
  ] as const)("by p4 pay: $step", (step) => {
    const { written, terminal } = screen();
    terminal.err(payLine(step, terminal));
    expect(written.filter((line) => steering.test(line))).toEqual([]);
  });

  it("by p4 conform", () => {
    const { written, terminal } = screen();
    const result = {
      id: "burst",
      group: "load",
      title: "",
      source: "",
      outcome: "fail",
      reason: hostile,
      tookMs: 1,
    } as const;
    resultLines(result, terminal).forEach((line) => terminal.out(line));
    expect(written.filter((line) => steering.test(line))).toEqual([]);
    expect(written.join()).toContain("\\u001b[2K");
  });
});

describe("a server that answers with control characters", () => {
  const server = createServer((_request, response) => response.writeHead(400).end(hostile));
  let address = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it("is shown by p4 pay, and by what asks a faucet", async () => {
    const wallet = join(dir, "w.json");
    await p4("wallet", "new", wallet);
    expect(await linesOf("wallet", "fund", wallet, "--faucet", `http://${address}`)).toContain("\\u001b[2K");
    expect(await linesOf("pay", `ws://${address}/ws/a`, "--faucet", `http://${address}`)).toContain("\\u001b[2K");
  });
});

describe("what else comes to the terminal", () => {
  it("is the same: an error with a file's words, a question, a name in the configuration", async () => {
    const path = join(dir, "x.p4e");
    await writeFile(path, `p4e/1 ${hostile}\n`);
    await linesOf("evidence", "verify", path);
    const asked = await runP4(["evidence", "export", channelId, "-o", file], {
      env: { ...log.env, P4_DATA_DIR: dir },
      answer: false,
    });
    expect(asked.err.split("\n").filter((line) => steering.test(line))).toEqual([]);
    await linesOf("evidence", "show", `/nowhere/${hostile}`);
  });

  it("keeps the lines of an error that has several", async () => {
    const { err } = await runP4(["config"], { env: { P4_PORT: "many", P4_SHARDS: "0" } });
    expect(err.split("\n").slice(0, 2)).toEqual([
      expect.stringContaining("P4_PORT=many"),
      expect.stringContaining("P4_SHARDS=0"),
    ]);
  });
});
