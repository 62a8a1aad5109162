import { expect, it, vi } from "vitest";
import { echoRoute, handshake, rawClient, serve, signal, wallet } from "./test-support.ts";

it("upgrades a request that is decided while another one is read, without touching the other", async () => {
  const [asked, decide] = [signal(), signal()];
  const { server, socketUrl } = await serve({
    webSockets: [
      echoRoute({
        async upgrade({ params }) {
          if (params["id"] === "waiting") {
            asked.fire();
            await decide.promise;
          }
          return { accept: true, data: null };
        },
      }),
      echoRoute({
        path: "/refused/:id",
        upgrade() {
          // Its answer is written at once, and the other one's decision follows as a microtask of this very call.
          decide.fire();
          return { accept: false, refusal: { status: 404, code: "UNKNOWN", detail: "refused" } };
        },
      }),
    ],
  });
  const waiting = wallet(`${socketUrl}/ws/waiting`);
  await asked.promise;
  const { socket, received } = await rawClient(server.port);
  socket.write(handshake("/refused/1"));
  await vi.waitFor(() => expect(received()).toMatch(/404 [^]*refused/));
  expect(await waiting.opened).toBe(true);
  socket.write(handshake("/refused/2"));
  await vi.waitFor(() => expect(received().match(/HTTP\/1.1 404 /g)).toHaveLength(2));
  waiting.socket.send("hello");
  await vi.waitFor(() => expect(waiting.messages).toEqual(["hello"]));
});
