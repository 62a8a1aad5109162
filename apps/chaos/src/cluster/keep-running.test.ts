import { expect, test, vi } from "vitest";
import { keepRunning, type Watched } from "./keep-running.ts";

class Fake implements Watched {
  readonly name: string;
  isRunning = true;
  starts = 0;
  constructor(name: string) {
    this.name = name;
  }
  start(): Promise<void> {
    this.starts++;
    this.isRunning = true;
    return Promise.resolve();
  }
}

const quickly = { lookMs: 1, startAgainMs: 2 };

test("says what has ended and starts it again, that one alone, each time", async () => {
  const [broker, edge] = [new Fake("nats-b"), new Fake("edge-1")];
  const said: string[] = [];
  const end = keepRunning([broker, edge], (text) => said.push(text), quickly);
  for (const times of [1, 2]) {
    broker.isRunning = false;
    await vi.waitFor(() => expect(said.filter((text) => text === "nats-b runs again")).toHaveLength(times));
  }
  end();
  expect([broker.starts, edge.starts]).toEqual([2, 0]);
  expect(said[0]).toMatch(/^nats-b has ended; it is started again/);
});

test("starts nothing once it is ended", async () => {
  const broker = new Fake("nats-b");
  const said: string[] = [];
  const end = keepRunning(
    [broker],
    (text) => {
      said.push(text);
      end();
    },
    quickly,
  );
  broker.isRunning = false;
  await vi.waitFor(() => expect(said).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(broker.starts).toBe(0);
});
