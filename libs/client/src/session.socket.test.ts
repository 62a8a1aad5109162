import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { customer, merchant } from "./index.ts";
import { createTestDouble, type TestDouble } from "./testing.ts";

/** The test double behind real sockets: Node's own WebSocket on one side, RFC 6455 by hand on the other. */
let double: TestDouble;
let server: Server;
const sockets = new Set<Duplex>();

beforeEach(async () => {
  double = createTestDouble();
  server = createServer().on("upgrade", ({ headers, url = "" }, socket: Duplex) => {
    const accept = createHash("sha1")
      .update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    serve(socket, url);
  });
  await listen(0);
});

afterEach(() => stopServer());

function serve(socket: Duplex, url: string): void {
  sockets.add(socket);
  const end = double.accept(`ws://server${url}`, {
    send: (text) => void socket.write(encodeFrame(0x1, Buffer.from(text))),
    // 1006 is no close frame: the connection breaks.
    close: (code) => (code === 1006 ? socket.destroy() : socket.end(encodeFrame(0x8, closeBody(code)))),
  });
  let buffered = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let next = decodeFrame(buffered); next !== null; next = decodeFrame(buffered)) {
      buffered = buffered.subarray(next.size);
      if (next.opcode === 0x1) end?.receive(next.payload.toString("utf8"));
      if (next.opcode === 0x8) socket.end(encodeFrame(0x8, next.payload));
    }
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    sockets.delete(socket);
    end?.closed();
  });
}

function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length]) : Buffer.from([0x80 | opcode, 126, 0, 0]);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** Client frames are masked. Enough for texts under 64 KiB. */
function decodeFrame(bytes: Buffer): { opcode: number; payload: Buffer; size: number } | null {
  if (bytes.length < 8) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short === 126 ? 8 : 6;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.subarray(start, start + length).map((byte, index) => byte ^ mask.readUInt8(index % 4));
  return { opcode: bytes.readUInt8(0) & 0x0f, payload: Buffer.from(payload), size: start + length };
}

function closeBody(code: number): Buffer {
  const body = Buffer.alloc(2);
  body.writeUInt16BE(code);
  return body;
}

function listen(port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

function port(): number {
  return (server.address() as AddressInfo).port;
}

async function stopServer(): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
}

const fast = { backoff: { firstDelayMs: 1, maxDelayMs: 20 } };
const payment = { rawTx: "00", memo: "x".repeat(200) };

describe("a session over real sockets", () => {
  it("pays, through a break before the receipt and a drain before the proof", async () => {
    const url = `ws://127.0.0.1:${port()}/ws/inv1`;
    const shop = merchant(url, fast);
    const payments: (string | null)[] = [];
    shop.onPayment(({ bodyText }) => {
      payments.push(bodyText);
      return { memo: "thanks" };
    });
    const wallet = customer(url, fast);
    const closes: number[] = [];
    wallet.on("disconnected", ({ code }) => closes.push(code));
    await Promise.all([shop.joined(), wallet.joined()]);
    double.loseNextReceipt();
    expect(await wallet.pay(payment)).toMatchObject({ accepted: true, memo: "thanks" });
    expect(payments).toEqual([JSON.stringify(payment)]);
    double.dropConnections("inv1", 4200);
    double.prove("inv1", "ab".repeat(32), '{"payload":"p"}');
    expect((await wallet.waitForProof({ txid: "ab".repeat(32) })).bodyText).toBe('{"payload":"p"}');
    expect(closes).toEqual([1006, 4200]);
    wallet.close();
    shop.close();
    await expect.poll(() => double.connectionCount("inv1")).toBe(0);
  });

  it("gets through once a server that was away listens again", async () => {
    const wanted = port();
    await stopServer();
    const wallet = customer(`ws://127.0.0.1:${wanted}/ws/inv1`, fast);
    let failures = 0;
    wallet.on("disconnected", () => (failures += 1));
    await expect.poll(() => failures).toBeGreaterThan(2);
    await listen(wanted);
    expect((await wallet.joined()).resumed).toBe(false);
    wallet.close();
  });
});
