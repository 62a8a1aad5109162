import { startServer, type WebSocketConnection } from "@p4/http";

interface Peer {
  readonly channelId: string;
}

/**
 * The other side of the comparison: what a relay in one process's memory costs at the least. It parses nothing, checks
 * nothing and stores nothing; each frame goes to the channel's other sockets as it came.
 */
const channels = new Map<string, Set<WebSocketConnection<Peer>>>();

const server = await startServer({
  host: "127.0.0.1",
  port: 0,
  routes: [],
  // All wallets of the benchmark come from one address.
  limits: { maxUpgradesPerIpPerSecond: 1_000_000, maxConnectionsPerIp: 200_000, maxConnections: 200_000 },
  webSockets: [
    {
      path: "/ws/:channelID",
      maxMessageBytes: 1_000_000,
      upgrade: (request) => ({ accept: true, data: { channelId: request.params["channelID"] ?? "" } }),
      open(socket: WebSocketConnection<Peer>) {
        const peers = channels.get(socket.data.channelId) ?? new Set();
        channels.set(socket.data.channelId, peers.add(socket));
        socket.send('{"key":"join.success"}');
      },
      message(socket: WebSocketConnection<Peer>, text: string) {
        for (const peer of channels.get(socket.data.channelId) ?? []) if (peer !== socket) peer.send(text);
      },
      close(socket: WebSocketConnection<Peer>) {
        channels.get(socket.data.channelId)?.delete(socket);
      },
    },
  ],
  onError: (error) => process.stderr.write(`${String(error)}\n`),
});
// Memory is compared after a collection: node --expose-gc.
process.on("SIGUSR2", () => globalThis.gc?.());
process.send?.({ port: server.port });
process.once("disconnect", () => process.exit(0));
