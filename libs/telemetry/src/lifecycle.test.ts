import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { exitSoon } from "./exit-soon.ts";
import { Lifecycle, type Service } from "./lifecycle.ts";
import { runUntilSignal, type SignalProcess } from "./run-until-signal.ts";
import { memoryLogger } from "./test-support.ts";

describe("Lifecycle", () => {
  function recorded(
    log: string[],
    name: string,
    faults: Partial<Record<"start" | "stop", () => Promise<void>>> = {},
  ): Service {
    const step = (verb: "start" | "stop") => async () => {
      log.push(`${verb} ${name}`);
      await faults[verb]?.();
    };
    return { name, start: step("start"), stop: step("stop") };
  }

  it("starts in order and stops in reverse, once", async () => {
    const log: string[] = [];
    const lifecycle = new Lifecycle(memoryLogger()).add(recorded(log, "a")).add(recorded(log, "b"));
    await lifecycle.start();
    expect(await Promise.all([lifecycle.stop(), lifecycle.stop()])).toEqual([true, true]);
    expect(log).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  it("stops what was started when a start fails, and throws that error", async () => {
    const log: string[] = [];
    const failing = recorded(log, "b", { start: () => Promise.reject(new Error("port in use")) });
    const lifecycle = new Lifecycle(memoryLogger()).add(recorded(log, "a")).add(failing).add(recorded(log, "c"));
    await expect(lifecycle.start()).rejects.toThrow("port in use");
    expect(log).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  it("goes on when a stop fails or hangs, says so, and reports an unclean stop", async () => {
    const log: string[] = [];
    const { logger, lines } = memoryLogger();
    const lifecycle = new Lifecycle({ logger, stopDeadlineMs: 20 })
      .add(recorded(log, "a"))
      .add(recorded(log, "b", { stop: () => new Promise(() => undefined) }))
      .add(recorded(log, "c", { stop: () => Promise.reject(new Error("no")) }));
    await lifecycle.start();
    expect(await lifecycle.stop()).toBe(false);
    expect(log.slice(3)).toEqual(["stop c", "stop b", "stop a"]);
    expect(
      lines
        .filter((line) => line["level"] === "error")
        .map((line) => line["service"])
        .slice(0, 2),
    ).toEqual(["c", "b"]);
  });
});

describe("a stop", () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it("gives each service its time, also behind one that hangs, and names what it waits for", async () => {
    const told: string[] = [];
    const stopped: string[] = [];
    const slow = (name: string, ms: number): Service => ({
      name,
      stop: async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        stopped.push(name);
      },
    });
    const { logger } = memoryLogger();
    const lifecycle = new Lifecycle({ logger, stopDeadlineMs: 2_500, tell: (text) => told.push(text) })
      .add(slow("broker", 200))
      .add(slow("edge", 800))
      .add({ name: "payd", stop: never })
      .add(slow("quick", 0));
    await lifecycle.start();
    expect(await lifecycle.stop()).toBe(false);
    expect(stopped).toEqual(["quick", "edge", "broker"]);
    expect(told.map((text) => /waiting for (\w+) to stop, \d+ s more at most/.exec(text)?.[1])).toEqual([
      "payd",
      "edge",
    ]);
  });

  it("during a start begins nothing more, lets that start give up, and stops what it has made", async () => {
    const log: string[] = [];
    const lifecycle = new Lifecycle(memoryLogger())
      .add({ name: "a", stop: () => void log.push("stop a") })
      .add({
        name: "b",
        start: (stopping) =>
          new Promise((_, reject) => {
            stopping.addEventListener("abort", () => {
              log.push("b gives up");
              setTimeout(reject, 20, stopping.reason);
            });
          }),
        stop: () => void log.push("stop b"),
      })
      .add({ name: "c", start: () => void log.push("start c") });
    const starting = lifecycle.start();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await lifecycle.stop()).toBe(true);
    await starting;
    expect(log).toEqual(["b gives up", "stop b", "stop a"]);
  });

  it("does not wait for a start that does not give up", async () => {
    const log: string[] = [];
    let begun = (): void => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const start = (): Promise<never> => {
      begun();
      return never();
    };
    const lifecycle = new Lifecycle({ ...memoryLogger(), stopDeadlineMs: 30 })
      .add({ name: "a", stop: () => void log.push("stop a") })
      .add({ name: "b", start, stop: () => void log.push("stop b") });
    void lifecycle.start();
    await isBegun;
    expect(await lifecycle.stop()).toBe(true);
    expect(log).toEqual(["stop b", "stop a"]);
  });
});

describe("exitSoon", () => {
  function fakeProcess(open: readonly string[]) {
    const exits: number[] = [];
    const exit = (code: number): void => void exits.push(code);
    const target = { exitCode: undefined as number | undefined, exit, getActiveResourcesInfo: () => [...open] };
    return { exits, target: target as unknown as Parameters<typeof exitSoon>[2] & { exitCode?: number } };
  }

  it("sets the code at once, and ends a process that something keeps alive, saying what", async () => {
    const { target, exits } = fakeProcess(["TCPSocketWrap", "Timeout", "Timeout"]);
    const told: string[] = [];
    exitSoon(1, (text) => told.push(text), target);
    expect([target.exitCode, exits]).toEqual([1, []]);
    await vi.waitFor(() => expect(exits).toEqual([1]));
    expect(told).toEqual(["ended although something was still open: TCPSocketWrap, Timeout"]);
  });
});

describe("runUntilSignal", () => {
  function fakeProcess() {
    const exits: number[] = [];
    const emitter = new EventEmitter();
    const target = Object.assign(emitter, { exit: (code: number) => void exits.push(code) });
    return { target: target as unknown as SignalProcess, emitter, exits };
  }

  it.each(["SIGINT", "SIGTERM"])("stops on %s, returns 0 and leaves no listener", async (signal) => {
    const { target, emitter, exits } = fakeProcess();
    const { logger } = memoryLogger();
    let stopped = false;
    const lifecycle = new Lifecycle({ logger }).add({
      name: "a",
      start: () => void queueMicrotask(() => emitter.emit(signal, signal)),
      stop: () => void (stopped = true),
    });
    expect(await runUntilSignal(lifecycle, { logger, target })).toBe(0);
    expect([stopped, exits, emitter.listenerCount(signal)]).toEqual([true, [], 0]);
  });

  it("exits at once with 130 on a second signal", async () => {
    const { target, emitter, exits } = fakeProcess();
    const { logger } = memoryLogger();
    const lifecycle = new Lifecycle({ logger, stopDeadlineMs: 20 }).add({
      name: "a",
      start: () => void queueMicrotask(() => emitter.emit("SIGINT", "SIGINT")),
      stop: () => {
        emitter.emit("SIGINT", "SIGINT");
        return new Promise(() => undefined);
      },
    });
    expect(await runUntilSignal(lifecycle, { logger, target })).toBe(1);
    expect(exits).toEqual([130]);
  });

  it("says that it stops, and how to end it at once", async () => {
    const { target, emitter } = fakeProcess();
    const { logger } = memoryLogger();
    const told: string[] = [];
    const start = (): void => void queueMicrotask(() => emitter.emit("SIGTERM", "SIGTERM"));
    const lifecycle = new Lifecycle({ logger }).add({ name: "a", start });
    await runUntilSignal(lifecycle, { logger, target, tell: (text) => told.push(text) });
    expect(told).toEqual(["stopping (SIGTERM); a second signal ends the process at once"]);
  });

  it.each([
    ["while it serves", false],
    ["while it starts", true],
  ])("stops when what it depends on ends %s, and rejects with its reason", async (_, isStarting) => {
    const { target, emitter } = fakeProcess();
    const { logger } = memoryLogger();
    let stopped = false;
    const until = new Promise<never>((_, reject) => setTimeout(reject, 10, new Error("the broker does not stay up")));
    const lifecycle = new Lifecycle({ logger, stopDeadlineMs: 50 }).add({
      name: "a",
      start: () => (isStarting ? new Promise(() => undefined) : undefined),
      stop: () => void (stopped = true),
    });
    await expect(runUntilSignal(lifecycle, { logger, target, until })).rejects.toThrow("does not stay up");
    expect([stopped, emitter.listenerCount("SIGTERM")]).toEqual([true, 0]);
  });

  it("ends when its work is done, as after a signal", async () => {
    const { target } = fakeProcess();
    const { logger } = memoryLogger();
    const lifecycle = new Lifecycle({ logger }).add({ name: "a" });
    expect(await runUntilSignal(lifecycle, { logger, target, until: Promise.resolve() })).toBe(0);
  });

  it("rejects with the start's error after stopping", async () => {
    const { target, emitter } = fakeProcess();
    const { logger } = memoryLogger();
    const lifecycle = new Lifecycle({ logger }).add({ name: "a", start: () => Promise.reject(new Error("no broker")) });
    await expect(runUntilSignal(lifecycle, { logger, target })).rejects.toThrow("no broker");
    expect(emitter.listenerCount("SIGINT")).toBe(0);
  });
});
