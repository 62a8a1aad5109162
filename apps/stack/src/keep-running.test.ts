import { NatsServerError } from "@p4/nats-server";
import { expect, it, vi } from "vitest";
import { keepRunning, type KeptServer } from "./keep-running.ts";

/** A server whose runs and restarts are in the test's hand. */
class FakeServer implements KeptServer {
  readonly logFile = "nats-server.log";
  readonly restarts: (Error | null)[] = [];
  /** What the next restarts come to; null: it runs. None left: it runs. */
  readonly outcomes: (Error | null)[];
  isStopped = false;
  exited: Promise<string>;
  end: (how: string) => void = () => undefined;

  constructor(...outcomes: (Error | null)[]) {
    this.outcomes = outcomes;
    this.exited = this.#newRun();
  }

  #newRun(): Promise<string> {
    return new Promise((resolve) => (this.end = resolve));
  }

  async restart(): Promise<void> {
    const outcome = this.outcomes.shift() ?? null;
    this.restarts.push(outcome);
    if (outcome !== null) throw outcome;
    this.exited = this.#newRun();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.end("exit code 0");
  }
}

const busy = new NatsServerError("PORT_IN_USE", "the port is taken");

it("starts it again, as often as it ends, and says so", async () => {
  const server = new FakeServer(null, busy, null);
  const told: string[] = [];
  const kept = keepRunning(server, (text) => told.push(text), [0, 0, 0, 0]);
  server.end("SIGKILL");
  await vi.waitFor(() => expect(told.at(-1)).toBe("nats-server is back"));
  server.end("exit code 2");
  await vi.waitFor(() => expect(server.restarts).toEqual([null, busy, null]));
  await vi.waitFor(() => expect(told).toHaveLength(5));
  expect(told).toEqual([
    expect.stringContaining("ended (SIGKILL); starting it again"),
    "nats-server is back",
    expect.stringContaining("ended (exit code 2); starting it again"),
    "nats-server could not be started: the port is taken",
    "nats-server is back",
  ]);
  await kept.stop();
});

it("gives it up with the last reason when it cannot be started", async () => {
  const server = new FakeServer(busy, busy, new NatsServerError("START_FAILED", "no such binary"));
  const { failed } = keepRunning(server, () => undefined, [0, 0, 0]);
  server.end("SIGKILL");
  await expect(failed).rejects.toThrow(/does not stay up: no such binary; 3 restarts did not help \(nats-server.log\)/);
});

it("gives it up when it ends again and again, although each start succeeds", async () => {
  const server = new FakeServer();
  const { failed } = keepRunning(server, () => undefined, [0, 0]);
  const ended = expect(failed).rejects.toThrow(/does not stay up: it has ended \(SIGSEGV\); 2 restarts did not help/);
  for (let run = 0; run < 3; run++) {
    await vi.waitFor(() => expect(server.restarts).toHaveLength(run));
    await new Promise((resolve) => setImmediate(resolve));
    server.end("SIGSEGV");
  }
  await ended;
});

it("does not try again what no further try mends", async () => {
  const invalid = new NatsServerError("CONFIG_INVALID", "unknown field");
  const server = new FakeServer(invalid);
  const { failed } = keepRunning(server, () => undefined, [0, 0, 0]);
  server.end("SIGKILL");
  await expect(failed).rejects.toBe(invalid);
  expect(server.restarts).toHaveLength(1);
});

it("stops it, and begins no restart after that", async () => {
  const server = new FakeServer();
  const told: string[] = [];
  await keepRunning(server, (text) => told.push(text)).stop();
  expect([server.isStopped, server.restarts, told]).toEqual([true, [], []]);
});

it("leaves the pause before a restart when it is stopped, and is no failure then", async () => {
  const server = new FakeServer(busy);
  const told: string[] = [];
  const kept = keepRunning(server, (text) => told.push(text), [0, 3_600_000]);
  server.end("SIGKILL");
  await vi.waitFor(() => expect(told.at(-1)).toContain("could not be started"));
  await kept.stop();
  const outcome = await Promise.race([kept.failed.catch(() => "failed"), Promise.resolve("stopped")]);
  expect([outcome, server.restarts]).toEqual(["stopped", [busy]]);
});
