import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BrokenSocket, type SocketFault } from "./broken-socket.ts";

export interface HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** What is broken. Each hook may leave things as they are; state lives as long as the server. */
export interface Fault {
  /** Changes the path of an upgrade, or answers it in the real server's place. */
  readonly upgrade?: (path: string) => string | { status: number };
  /** A header of upgrades that the real server does not get. */
  readonly ignoredHeader?: string;
  /** A header of upgrades that the real server gets instead of the client's. */
  readonly otherHeader?: Readonly<Record<string, string>>;
  readonly socket?: SocketFault;
  /** Changes a request before the real server sees it. */
  readonly request?: (exchange: HttpExchange) => HttpExchange;
  /** Changes an answer; `exchange` is what was asked. */
  readonly reply?: (reply: HttpReply, exchange: HttpExchange) => HttpReply;
  /** Answers in the real server's place, if it is first. */
  readonly instead?: (exchange: HttpExchange, sockets: ReadonlySet<BrokenSocket>) => Promise<HttpReply> | null;
}

export interface BrokenServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A server that is right but for one fault: the real one behind a man in the middle. */
export async function startBrokenServer(realPort: number, fault: Fault): Promise<BrokenServer> {
  const sockets = new Set<BrokenSocket>();
  const server = createServer((incoming, response) => void serve(incoming, response, { realPort, fault, sockets }));
  server.on("upgrade", (incoming, client) => {
    client.on("error", () => client.destroy());
    const path = fault.upgrade?.(incoming.url ?? "/") ?? incoming.url ?? "/";
    if (typeof path !== "string") {
      client.write(
        `HTTP/1.1 ${path.status} Broken\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 0\r\n\r\n`,
      );
      client.end();
      return;
    }
    const { "sec-websocket-extensions": _, ...headers } = incoming.headers;
    if (fault.ignoredHeader !== undefined) delete headers[fault.ignoredHeader];
    Object.assign(headers, fault.otherHeader);
    const upstream = request({ host: "127.0.0.1", port: realPort, path, headers, agent: false });
    upstream.on("upgrade", (answer, real, head) => {
      client.write(headOf(answer));
      new BrokenSocket({ path, client, real, all: sockets, fault: fault.socket ?? {} }).start(head);
    });
    upstream.on("response", (answer) => {
      client.write(headOf(answer));
      answer.pipe(client);
    });
    upstream.on("error", () => client.destroy());
    upstream.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function headOf({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): string {
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  return `${head}\r\n`;
}

interface Serving {
  readonly realPort: number;
  readonly fault: Fault;
  readonly sockets: ReadonlySet<BrokenSocket>;
}

async function serve(incoming: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { realPort, fault, sockets } = serving;
  const asked: HttpExchange = {
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: incoming.headers,
    body: await textOf(incoming),
  };
  const exchange = fault.request?.(asked) ?? asked;
  const { "content-length": _, "transfer-encoding": __, ...headers } = exchange.headers;
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port: realPort, method: exchange.method, path: exchange.path, headers, agent: false },
      resolve,
    );
    call.on("error", reject);
    response.on("close", () => call.destroy());
    call.end(exchange.body);
  });
  const real = answer.then(async (message): Promise<HttpReply | null> => {
    if (message.headers["content-type"]?.startsWith("text/event-stream") === true) {
      response.writeHead(message.statusCode ?? 500, message.headers);
      message.pipe(response);
      return null;
    }
    return { status: message.statusCode ?? 500, headers: message.headers, body: await textOf(message) };
  });
  try {
    const instead = fault.instead?.(exchange, sockets) ?? null;
    const reply = await (instead === null ? real : Promise.race([instead, real]));
    if (reply === null) return;
    const { status, headers: replyHeaders, body } = fault.reply?.(reply, exchange) ?? reply;
    const { "content-length": _length, "transfer-encoding": _encoding, ...sent } = replyHeaders;
    response.writeHead(status, sent);
    response.end(body);
  } catch {
    response.destroy();
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
