import { connect, type Socket } from "node:net";

/** A WebSocket of a few bytes: no parsing, no buffers, so that one process can hold many thousands. */
export interface RawPeer {
  readonly socket: Socket;
  /** Once the server has accepted the upgrade; rejects with the status line when it has not. */
  readonly joined: Promise<void>;
}

/** `from`: an address of loopback to come from. */
export function rawPeer(port: number, path: string, from?: string): RawPeer {
  const socket = connect({ host: "127.0.0.1", port, ...(from === undefined ? {} : { localAddress: from }) });
  socket.on("error", () => undefined);
  const joined = new Promise<void>((resolve, reject) => {
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.removeListener("data", read);
      socket.resume();
      if (head.startsWith("HTTP/1.1 101 ")) resolve();
      else reject(new Error(head.split("\r\n")[0]));
    };
    socket.on("data", read);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
  socket.write(
    `GET /ws/${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  return { socket, joined };
}

const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** A peer that does nothing but live: the server closes who leaves its pings unanswered. */
export function answerPings({ socket }: RawPeer): void {
  socket.on("data", (chunk: Buffer) => {
    // An empty ping, the last frame of what has come: no text ends with these two bytes.
    if (chunk.at(-2) === 0x89 && chunk.at(-1) === 0) socket.write(pong);
  });
}

/** A text frame with a zero mask, so that the text needs no change. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | (payload.length < 126 ? payload.length : 126);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
