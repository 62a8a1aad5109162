import { readdir } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { answers, StackProcess, testDir } from "./test-support/stack-process.ts";

test("the demo pays, proves, waits for the end, exits 0 and leaves nothing behind", async () => {
  const temp = testDir(onTestFinished);
  // Another broker would keep the invoices of a key that is gone.
  const demo = new StackProcess(["demo"], { TMPDIR: temp, P4_NATS_URL: "nats://127.0.0.1:1" });
  expect(await demo.exited, demo.stderr).toBe(0);
  const table = demo.stdout.slice(demo.stdout.indexOf("The timeline of channel"));
  const shown = table.matchAll(/^[\d:.]+ +\d+ +\w+ +([\w.]+)/gm);
  expect([...shown].map(([, message]) => message)).toEqual([
    "join",
    "join",
    "paymentrequest.create",
    "paymentrequest.response",
    "payment",
    "payment.ack",
    "proof.create",
    "channel.expired",
  ]);
  expect(table).toContain("verified: block");
  expect(await readdir(temp)).toEqual([]);
  for (const [url] of demo.stdout.matchAll(/\w+:\/\/127\.0\.0\.1:\d+/g)) {
    expect(await answers(url), url).toBe(false);
  }
});

test("the demo says what is wrong when the payment cannot be played", async () => {
  const temp = testDir(onTestFinished);
  // Without a miner there are no coins.
  const demo = new StackProcess(["demo"], {
    TMPDIR: temp,
    P4_APPS: "edge,expiry,payd",
    P4_MINER_URL: "http://127.0.0.1:1",
  });
  expect(await demo.exited).toBe(1);
  expect(demo.stderr).toMatch(/^p4: .*miner cannot be asked/m);
  expect(await readdir(temp)).toEqual([]);
});

test("Ctrl-C ends the demo early, and leaves nothing behind either", async () => {
  const temp = testDir(onTestFinished);
  const demo = new StackProcess(["demo"], { TMPDIR: temp });
  onTestFinished(() => demo.end());
  await demo.printed("payd ");
  demo.signalGroup("SIGINT");
  expect(await demo.exited).toBe(130);
  expect(await readdir(temp)).toEqual([]);
  for (const [url] of demo.stdout.matchAll(/\w+:\/\/127\.0\.0\.1:\d+/g)) {
    expect(await answers(url), url).toBe(false);
  }
});

test.each([
  { args: ["--help"], exitCode: 0 },
  { args: ["demo", "--help"], exitCode: 0 },
  { args: ["dmeo"], exitCode: 2 },
  { args: ["demo", "--fast"], exitCode: 2 },
])("$args starts nothing and tells what there is", async ({ args, exitCode }) => {
  const asked = new StackProcess(args, {});
  expect(await asked.exited).toBe(exitCode);
  expect(exitCode === 0 ? asked.stdout : asked.stderr).toContain("npm run demo");
  if (exitCode === 2)
    expect([asked.stdout, asked.stderr]).toEqual(["", expect.stringMatching(/^p4: unknown argument /)]);
});
