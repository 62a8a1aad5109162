import { expect, it, vi } from "vitest";
import type { HttpRoute } from "./http-route.ts";
import { echoRoute, serve, signal } from "./test-support.ts";

/** Open until the client leaves. */
const stream: HttpRoute = {
  method: "GET",
  path: "/stream",
  holdsPlace: true,
  handle: () => ({
    status: 200,
    stream: async (writer) => {
      writer.write("open");
      await new Promise<void>((resolve) => writer.signal.addEventListener("abort", () => resolve()));
    },
  }),
};

async function open(url: string) {
  const abort = new AbortController();
  const response = await fetch(`${url}/stream`, { signal: abort.signal });
  return { status: response.status, leave: () => abort.abort(), response };
}

it("a response that stays open takes a place among the sockets, and gives it back", async () => {
  const limits = { maxConnections: 3, maxConnectionsPerIp: 2, maxUpgradesUnderWay: 1 };
  const { url, server } = await serve({ routes: [stream], webSockets: [echoRoute()], limits });
  const first = await open(url);
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/1`);
  const opened = signal<string>();
  socket.addEventListener("open", () => opened.fire("open"));
  expect(await opened.promise).toBe("open");
  const refused = await open(url);
  expect([refused.status, await refused.response.json()]).toMatchObject([429, { code: "HTTP_TOO_MANY_CONNECTIONS" }]);
  first.leave();
  await vi.waitFor(async () => expect((await open(url)).status).toBe(200));
  socket.close();
  await vi.waitFor(() => expect(server.stats().webSockets).toBe(0));
});
