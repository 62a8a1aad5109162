import { closeCodes, startServer, type HttpServer, type WebSocketConnection } from "@p4/http";

/** One frame in the document's wrapper, as far as tests look at it. */
export interface Frame {
  readonly key: string;
  readonly messageId: string;
  readonly correlationID: string;
  readonly body: Record<string, unknown>;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

/** A P4 server that keeps nothing: it lets the merchant join and is told by the test what to say. */
export interface FakeChannelServer {
  readonly url: string;
  /** Frames of the wallet, oldest first. */
  readonly frames: readonly Frame[];
  /** Channel id and query of each join, oldest first. */
  readonly joins: readonly { readonly channelId: string; readonly query: URLSearchParams }[];
  /** What `join.success` says of the channel. */
  channelState: string;
  /** The key of the first message to each socket. Default `join.success`. */
  greeting: string;
  send(channelId: string, key: string, body: unknown, messageId?: string): void;
  /** Closes all sockets; the wallet is expected to come back. */
  dropAll(): void;
  close(): Promise<void>;
}

export async function startFakeChannelServer(): Promise<FakeChannelServer> {
  const frames: Frame[] = [];
  const joins: { channelId: string; query: URLSearchParams }[] = [];
  const sockets = new Map<string, WebSocketConnection<{ channelId: string }>>();
  let count = 0;
  const server: Writable<FakeChannelServer> = {
    url: "",
    frames,
    joins,
    channelState: "awaitingTermsRequest",
    greeting: "join.success",
    send(channelId, key, body, messageId) {
      sockets.get(channelId)?.send(frame(channelId, key, body, messageId));
    },
    dropAll() {
      for (const socket of sockets.values()) socket.close(closeCodes.goingAway, "test");
    },
    close: () => http.close(),
  };
  const frame = (channelId: string, key: string, body: unknown, messageId = `server-${(count += 1)}`): string =>
    JSON.stringify({
      id: messageId,
      key,
      body,
      messageId,
      correlationID: messageId,
      timestamp: new Date().toISOString(),
      headers: key === "join.success" ? { "x-p4-state": server.channelState } : {},
      expiration: null,
      channelID: channelId,
      appId: "fake",
      userId: "",
    });
  const http: HttpServer = await startServer({
    host: "127.0.0.1",
    port: 0,
    routes: [],
    webSockets: [
      {
        path: "/ws/:channelID",
        maxMessageBytes: 1_000_000,
        upgrade: ({ params, query }) => {
          const channelId = params["channelID"] ?? "";
          joins.push({ channelId, query });
          return { accept: true, data: { channelId } };
        },
        open(socket: WebSocketConnection<{ channelId: string }>) {
          sockets.set(socket.data.channelId, socket);
          socket.send(frame(socket.data.channelId, server.greeting, null));
        },
        message: (_socket, text) => void frames.push(JSON.parse(text) as Frame),
      },
    ],
    onError: (error) => {
      throw error;
    },
  });
  server.url = `ws://127.0.0.1:${http.port}`;
  return server;
}
