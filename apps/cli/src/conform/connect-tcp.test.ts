import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { connectWithin } from "./connect-tcp.ts";

it("gives up a server that takes the connection and says nothing of TLS", async () => {
  const server = createServer((socket) => void socket.on("error", () => undefined)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const listener = { data: () => undefined, closed: () => undefined };
  const connected = connectWithin(50)({ host: "127.0.0.1", port, secure: true }, listener);
  await expect(connected).rejects.toThrow(`no connection to 127.0.0.1:${port} in 50 ms`);
  server.close();
});
