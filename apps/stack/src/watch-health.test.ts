import { createServer, type AddressInfo } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { watchHealth } from "./watch-health.ts";

async function healthServer() {
  const state = { answer: 200 as number | "silence", asked: 0 };
  const server = createHttpServer((_request, response) => {
    state.asked++;
    if (state.answer !== "silence") response.writeHead(state.answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { state, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/healthz` };
}

it.each([503, "silence"] as const)(
  "tells once that a server answers with %s, and that it serves again",
  async (answer) => {
    const { state, url } = await healthServer();
    const told: string[] = [];
    onTestFinished(watchHealth(url, (text) => told.push(text), 20));
    state.answer = answer;
    await vi.waitFor(() => expect(told).toEqual([expect.stringContaining("does not answer")]));
    const { asked } = state;
    await vi.waitFor(() => expect(state.asked).toBeGreaterThan(asked + 3));
    expect(told).toHaveLength(1);
    state.answer = 200;
    await vi.waitFor(() => expect(told[1]).toContain("healthy again"));
  },
);

it("says nothing of a server that answers, nor once it is told to end", async () => {
  const { state, url } = await healthServer();
  const told: string[] = [];
  // An answer has as long as the pause: more than a busy machine needs.
  const stop = watchHealth(url, (text) => told.push(text), 1_000);
  await vi.waitFor(() => expect(state.asked).toBeGreaterThan(3));
  stop();
  const { asked } = state;
  const other = watchHealth(url, () => undefined, 20);
  await vi.waitFor(() => expect(state.asked).toBeGreaterThan(asked + 100));
  other();
  expect(told).toEqual([]);
});

it("tells of one that is not there", async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  const told: string[] = [];
  onTestFinished(watchHealth(`http://127.0.0.1:${String(port)}/`, (text) => told.push(text), 20));
  await vi.waitFor(() => expect(told).toHaveLength(1));
});
