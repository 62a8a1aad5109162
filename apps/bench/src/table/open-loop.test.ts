import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeServer, serverFrame } from "../test-support/fake-server.ts";
import { p4Wire } from "../wires.ts";
import { openLoop } from "./open-loop.ts";

describe("an open loop", () => {
  let server: FakeServer;
  beforeEach(async () => {
    server = new FakeServer();
    await server.start();
  });
  afterEach(() => server.stop());

  const measure = (inTimeMs: number) => {
    const subject = { name: "a server", wire: p4Wire, port: server.port, pid: process.pid, brokerPid: null };
    const options = { perSecond: 100, forMs: 100, inTimeMs, drainMs: 1 };
    return openLoop({ ...subject, stop: () => Promise.resolve() }, options).measure("r-");
  };

  it("counts as refused what was not let in at all", async () => {
    server.behave = (socket) => void socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    expect(await measure(60_000)).toMatchObject({
      perSecond: 0,
      askedPerSecond: 100,
      refusedPerSecond: 100,
      failedPerSecond: 0,
    });
  });

  it("counts as failed what was refused when one wallet was in already", async () => {
    const { behave } = server;
    server.behave = (socket, text, path) => {
      if (path.includes("role=customer")) socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
      else behave(socket, text, path);
    };
    expect(await measure(60_000)).toMatchObject({ perSecond: 0, refusedPerSecond: 0, failedPerSecond: 100 });
  });

  it("counts as failed what was not done in time", async () => {
    expect(await measure(200)).toMatchObject({ perSecond: 0, refusedPerSecond: 0, failedPerSecond: 100 });
  });

  it("counts as done what went through to its end", async () => {
    const { behave } = server;
    const channels = new Map<string, Socket[]>();
    server.behave = (socket, text, path) => {
      behave(socket, text, path);
      const [channel = ""] = path.split("?");
      const sockets = channels.get(channel) ?? [];
      if (text === null) channels.set(channel, [...sockets, socket]);
      else for (const each of sockets) each.write(serverFrame(text));
    };
    const figures = await measure(60_000);
    expect(figures).toMatchObject({ perSecond: 100, refusedPerSecond: 0, failedPerSecond: 0 });
    expect(figures.p50Ms).toBeGreaterThan(0);
  });
});
