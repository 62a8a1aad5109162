import { describe, expect, it, vi } from "vitest";
import { echoRoute, handshake, rawClient, serve, wallet } from "./test-support.ts";

const patient = { timeout: 30_000 };
const upgradeHeader = "Upgrade: websocket\r\n";
const connectionHeader = "Connection: Upgrade\r\n";

describe("a request with a WebSocket key", () => {
  it.each([
    ["no Connection header", "", upgradeHeader, "Connection"],
    ["what a proxy sends that does not know of the upgrade", "Connection: close\r\n", upgradeHeader, "Connection"],
    ["a connection that is only kept", "Connection: keep-alive\r\n", upgradeHeader, "Connection"],
    ["a word that only begins like it", "Connection: upgraded\r\n", upgradeHeader, "Connection"],
    ["an upgrade on a connection to be closed", "Connection: close, Upgrade\r\n", upgradeHeader, "Connection"],
    ["the same in two lines", "Connection: close\r\nConnection: Upgrade\r\n", upgradeHeader, "Connection"],
    ["no Upgrade header", connectionHeader, "", "Upgrade"],
    ["another protocol", connectionHeader, "Upgrade: h2c\r\n", "Upgrade"],
  ])("is refused before the route is asked: %s", async (_, connection, upgrade, header) => {
    const asked = vi.fn();
    const { server } = await serve({ webSockets: [echoRoute({ upgrade: asked, rejectEarly: asked })] });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1").replace(connectionHeader, connection).replace(upgradeHeader, upgrade));
    await vi.waitFor(() => expect(received()).toContain(`the header ${header} must`), patient);
    expect(received()).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/);
    expect(received()).toMatch(/\r\nupgrade: websocket\r\n/i);
    expect(received()).toContain('"HTTP_UPGRADE_REQUIRED"');
    expect(asked).not.toHaveBeenCalled();
    expect(server.stats()).toMatchObject({ webSockets: 0, runningRequests: 0 });
  });

  it.each(["12", "8", "0", "13, 8", ""])("of version %j is told which one is spoken here", async (version) => {
    const { server } = await serve({ webSockets: [echoRoute()] });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1").replace("Version: 13", `Version: ${version}`));
    await vi.waitFor(() => expect(received()).toContain('"HTTP_WEBSOCKET_VERSION"'), patient);
    expect(received()).toMatch(/^HTTP\/1.1 426 /);
    expect(received()).toMatch(/\r\nsec-websocket-version: 13\r\n/i);
  });

  it.each([
    ["in other letters", "connection: UPGRADE\r\n", "upgrade: WebSocket\r\n"],
    ["as Firefox sends it", "Connection: keep-alive, Upgrade\r\n", upgradeHeader],
    ["in two lines", "Connection: keep-alive\r\nConnection: upgrade\r\n", upgradeHeader],
    ["with several protocols to choose from", connectionHeader, "Upgrade: h2c, websocket\r\n"],
  ])("becomes one when it asks %s", async (_, connection, upgrade) => {
    const { server } = await serve({ webSockets: [echoRoute()] });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1").replace(connectionHeader, connection).replace(upgradeHeader, upgrade));
    await vi.waitFor(() => expect(received()).toMatch(/^HTTP\/1.1 101 /), patient);
    await vi.waitFor(() => expect(server.stats().webSockets).toBe(1), patient);
    socket.destroy();
    await vi.waitFor(() => expect(server.stats().webSockets).toBe(0), patient);
  });

  it("keeps no place when it is refused", async () => {
    const { server, socketUrl } = await serve({ limits: { maxConnections: 1 }, webSockets: [echoRoute()] });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1").replace("Upgrade\r\nSec", "keep-alive\r\nSec").repeat(3));
    await vi.waitFor(() => expect(received().match(/HTTP\/1.1 426/g)).toHaveLength(3), patient);
    expect(await wallet(`${socketUrl}/ws/1`).opened).toBe(true);
  });
});
