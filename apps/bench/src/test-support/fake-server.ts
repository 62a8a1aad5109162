import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export const upgrade = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

export function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from(
    payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 255],
  );
  return Buffer.concat([head, payload]);
}

/** The texts of a client's frames, which have a mask of zeros. */
function textsIn(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const [size, start] = short < 126 ? [short, at + 6] : [bytes.readUInt16BE(at + 2), at + 8];
    if (bytes.readUInt8(at) === 0x81) texts.push(bytes.toString("utf8", start, start + size));
    at = start + size;
  }
  return texts;
}

/** The last frame of what has come: 1000, normal closure. */
const isGoodbye = (bytes: Buffer): boolean => bytes.subarray(-8, -6).equals(Buffer.from([0x88, 0x82]));

const welcome = Buffer.concat([Buffer.from(upgrade), serverFrame('{"key":"join.success"}')]);

/** A server of WebSockets that does what a test says. */
export class FakeServer {
  readonly #server = createServer();
  readonly sockets: Socket[] = [];
  port = 0;
  /** Called with each text of a client, and first with null and the path that it asked for. By default it lets in. */
  behave: (socket: Socket, text: string | null, path: string) => void = (socket, text) => {
    if (text === null) socket.write(welcome);
  };

  async start(): Promise<void> {
    this.#server.on("connection", (socket) => {
      this.sockets.push(socket);
      socket.on("error", () => undefined);
      socket.once("data", (head) => {
        const [, path = ""] = head.toString("latin1").split(" ");
        this.behave(socket, null, path);
        socket.on("data", (bytes) => {
          for (const text of textsIn(bytes)) this.behave(socket, text, path);
          if (isGoodbye(bytes)) socket.end();
        });
      });
    });
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
