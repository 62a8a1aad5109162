import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findNatsServer } from "@p4/nats-server";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { PlainWallet } from "./test-support/plain-wallet.ts";
import { answers, freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

const edgeAlone = { ...freePorts, P4_APPS: "edge", P4_DEMO: "off" };

interface Started {
  readonly stack: StackProcess;
  readonly dataDir: string;
}

function start(env: Readonly<Record<string, string>> = {}): Started {
  const dataDir = testDir(onTestFinished);
  const stack = new StackProcess([], { ...edgeAlone, P4_DATA_DIR: dataDir, ...env });
  onTestFinished(() => stack.end());
  return { stack, dataDir };
}

async function serving(env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const started = start(env);
  await started.stack.printed("Serving.");
  return started;
}

/** Of the broker that runs now, as the next start would find it. */
async function brokerPid(dataDir: string): Promise<number> {
  const file = await readFile(join(dataDir, "nats", "run", "nats-server.pid"), "utf8");
  return (JSON.parse(file) as { server: { pid: number } }).server.pid;
}

const said = (stack: StackProcess, text: string): Promise<void> =>
  vi.waitFor(() => expect(stack.stderr).toContain(text));

const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
};

describe("the broker that npm start runs, when it is killed", () => {
  test("is started again on the same port with the same data, and said to be", async () => {
    const { stack, dataDir } = await serving();
    const { natsUrl, endpoints } = await readState(dataDir);
    const url = String(endpoints[0]?.url).replace("<channelID>", "kept");
    const shop = new PlainWallet(`${url}?role=merchant`);
    const before = await shop.next();
    const pid = await brokerPid(dataDir);
    process.kill(pid, "SIGKILL");
    await said(stack, "nats-server has ended (SIGKILL); starting it again");
    await said(stack, "nats-server is back");
    expect(await brokerPid(dataDir)).not.toBe(pid);
    expect((await readState(dataDir)).natsUrl).toBe(natsUrl);
    // The same process serves again, and the socket from before with it.
    const http = String(endpoints[0]?.url)
      .replace(/^ws/, "http")
      .replace(/\/ws\/.*$/, "/readyz");
    await vi.waitFor(async () => expect((await fetch(http)).status).toBe(200));
    const wallet = new PlainWallet(`${url}?role=customer&dialect=p4`);
    expect(await wallet.next()).toMatchObject({ key: "join.success", channelID: before.channelID });
    wallet.send({ key: "paymentrequest.create", body: {}, messageId: "m1" });
    await vi.waitFor(async () => expect((await shop.next()).key).toBe("paymentrequest.create"));
    wallet.close();
    shop.close();
    stack.signalGroup("SIGTERM");
    expect(await stack.exited).toBe(0);
    expect(await answers(natsUrl)).toBe(false);
  });

  test("ends the system with its reason when it cannot be started again", async () => {
    const { path } = await findNatsServer();
    const once = join(testDir(onTestFinished), "nats-server");
    const refusal = 'echo "nats-server: nats.conf:1:1: spoiled meanwhile" >&2; exit 1';
    await writeFile(
      once,
      `#!/bin/sh\nif [ -e "$0.ran" ] && [ "$1" != --version ] && [ "$1" != -v ]; then ${refusal}; fi\n[ "$1" = -a ] && : > "$0.ran"\nexec ${path} "$@"\n`,
    );
    await chmod(once, 0o755);
    const { stack, dataDir } = await serving({ NATS_SERVER_BIN: once });
    process.kill(await brokerPid(dataDir), "SIGKILL");
    // What is wrong is a configuration: 2.
    expect(await stack.exited).toBe(2);
    expect(stack.stderr).toMatch(/^p4: nats-server did not start: .*spoiled meanwhile/m);
  });
});

describe("a stop", () => {
  test.each([
    ["SIGTERM", "is dead", "SIGKILL"],
    ["SIGINT", "is dead", "SIGKILL"],
    ["SIGTERM", "is paused", "SIGSTOP"],
    ["SIGINT", "is paused", "SIGSTOP"],
  ] as const)("by %s ends in order while the broker %s, says so, and leaves nothing", async (signal, _, trouble) => {
    const { stack, dataDir } = await serving();
    const pid = await brokerPid(dataDir);
    const { natsUrl } = await readState(dataDir);
    process.kill(pid, trouble);
    stack.signalGroup(signal);
    // 1 where a slow machine left a part no time to close before its deadline: it ends in order all the same.
    expect([0, 1]).toContain(await stack.exited);
    expect(stack.stderr).toContain(`stopping (${signal}); a second signal ends the process at once`);
    expect(await answers(natsUrl)).toBe(false);
    expect(isGone(pid)).toBe(true);
  });

  test.each(["SIGKILL", "SIGSTOP"] as const)(
    "by a signal in the middle of the start, after the broker's %s",
    async (trouble) => {
      const { stack, dataDir } = start({ P4_APPS: "all", P4_DEMO: "on" });
      await stack.printed("nats-server ");
      const pid = await brokerPid(dataDir);
      process.kill(pid, trouble);
      stack.signalGroup("SIGTERM");
      const exitCode = await stack.exited;
      // The start that was under way may have failed first.
      expect([0, 1]).toContain(exitCode);
      expect(stack.stderr).toContain("stopping (SIGTERM)");
      expect(stack.stdout).not.toContain("Serving.");
      expect(isGone(pid)).toBe(true);
    },
  );

  test("twice ends the process at once, and the broker with it", async () => {
    const { stack, dataDir } = await serving();
    const pid = await brokerPid(dataDir);
    process.kill(pid, "SIGSTOP");
    stack.signalGroup("SIGINT");
    await said(stack, "stopping (SIGINT)");
    // The first may have come to its end in between.
    stack.signalGroup("SIGINT");
    expect([130, "SIGINT", 0]).toContain(await stack.exited);
    await vi.waitFor(() => expect(isGone(pid)).toBe(true));
  });

  test("at a foreign broker that is silent has its deadline", async () => {
    const { stack: other, dataDir } = await serving({ P4_APPS: "expiry" });
    const { natsUrl } = await readState(dataDir);
    const { stack } = await serving({
      P4_APPS: "edge,proof-ingest,expiry",
      P4_NATS_URL: natsUrl,
      P4_NATS_CREDENTIALS: join(dataDir, "nats.nk"),
    });
    const pid = await brokerPid(dataDir);
    process.kill(pid, "SIGSTOP");
    stack.signalGroup("SIGTERM");
    expect([0, 1]).toContain(await stack.exited);
    expect(stack.stderr).toMatch(/waiting for (edge|proof-ingest|expiry) to stop, \d+ s more at most/);
    process.kill(pid, "SIGCONT");
    other.signalGroup("SIGTERM");
    expect(await other.exited).toBe(0);
  });
});
