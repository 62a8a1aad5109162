import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { relay, Wallet } from "./wallet.ts";
import { centrifugoWire, dppWire, p4Wire, socketIoWire, type Wire } from "./wires.ts";

const upgrade = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

function serverFrame(text: string): Buffer {
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

describe("a wallet of the load generator", () => {
  const server = createServer();
  let port = 0;
  let sockets: Socket[] = [];
  let behave: (socket: Socket, text: string | null) => void;

  beforeEach(async () => {
    sockets = [];
    behave = (socket, text) =>
      void (
        text === null && socket.write(upgrade + serverFrame('{"key":"join.success"}').toString("latin1"), "latin1")
      );
    server.removeAllListeners("connection");
    server.on("connection", (socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.once("data", () => {
        behave(socket, null);
        socket.on("data", (bytes) => textsIn(bytes).forEach((text) => behave(socket, text)));
      });
    });
    if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => sockets.forEach((socket) => socket.destroy()));

  it("is in when the server has said so, in whatever pieces that comes, and hears the message that it waits for", async () => {
    const welcome = Buffer.concat([
      Buffer.from(upgrade),
      serverFrame(`{"key":"join.success","x":"${"x".repeat(300)}"}`),
    ]);
    behave = (socket, text) => {
      if (text === null) for (const byte of welcome) socket.write(Buffer.from([byte]));
      else sockets.forEach((each) => each.write(Buffer.concat([serverFrame('{"other":1}'), serverFrame(text)])));
    };
    const [from, to] = [
      await Wallet.join(p4Wire, port, "c", "customer"),
      await Wallet.join(p4Wire, port, "c", "merchant"),
    ];
    expect(await relay(from, to, { key: "payment", messageId: "m1", body: "{}" })).toBeGreaterThan(0);
  });

  it("is refused by a status, and by an error in the middle of its talk", async () => {
    behave = (socket) => void socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    await expect(Wallet.join(p4Wire, port, "c", "customer")).rejects.toThrow("503");
    behave = (socket, text) =>
      void socket.write(
        text === null
          ? Buffer.concat([Buffer.from(upgrade), serverFrame('"join.success"')])
          : serverFrame('{"key":"error"}'),
      );
    const [from, to] = [
      await Wallet.join(p4Wire, port, "c", "customer"),
      await Wallet.join(p4Wire, port, "c", "merchant"),
    ];
    await expect(relay(from, to, { key: "payment", messageId: "m1", body: "{}" })).rejects.toThrow("refused");
  });

  it("takes no other message for the one that it waits for, and does not wait on a connection that has ended", async () => {
    const [from, to] = [
      await Wallet.join(p4Wire, port, "c", "customer"),
      await Wallet.join(p4Wire, port, "c", "merchant"),
    ];
    const answer = relay(from, to, { key: "payment", messageId: "m1", body: "{}" });
    sockets[1]?.end(serverFrame('{"messageId":"another"}'));
    await expect(answer).rejects.toThrow("closed");
  });
});

describe("the wires", () => {
  const message = { key: "payment", channelId: "c", messageId: "m1", body: '{"filler":"x"}' };

  it.each<[string, Wire, RegExp]>([
    ["p4", p4Wire, /^(.*)$/],
    ["dpp", dppWire, /^(.*)$/],
    ["Socket.IO", socketIoWire, /^42\["message",(.*)\]$/],
    ["Centrifugo", centrifugoWire, /"data":(.*)\}\}$/],
  ])("%s carries the same envelope", (_name, wire, inside) => {
    const [, text = ""] = inside.exec(wire.wrap(message)) ?? [];
    expect(JSON.parse(text)).toMatchObject({ messageId: "m1", body: { filler: "x" } });
  });

  it("answer handshakes and heartbeats", () => {
    expect(socketIoWire.answer?.('0{"sid":"s"}')).toBe("40");
    expect(socketIoWire.answer?.("2")).toBe("3");
    expect(centrifugoWire.answer?.("{}")).toBe("{}");
  });
});
