import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { rawPeer, textFrame, type RawPeer } from "./raw-peer.ts";

/** Begins an attack on the edge at this port; resolves when it is under way. It ends with its process. */
export type Attack = (port: number, size: number) => Promise<void>;

export const attacks = {
  /** Sockets that write nonsense as fast as they can, and come back when they are closed. */
  "invalid frames": async (port, size) => {
    const flood = Buffer.concat(Array.from({ length: 500 }, () => textFrame('{"key":"nonsense"}')));
    const write = (socket: Socket): void => {
      if (!socket.destroyed && socket.write(flood)) setImmediate(write, socket);
    };
    const again = (index: number): void => {
      const peer = rawPeer(port, `flood-${String(index)}`);
      peer.socket.once("close", () => setTimeout(again, 20, index));
      peer.socket.on("drain", () => write(peer.socket));
      peer.joined.then(
        () => write(peer.socket),
        () => undefined,
      );
    };
    for (let index = 0; index < size; index++) again(index);
    await delay(100);
  },

  /** So many joins of new channels a second. */
  "join burst": async (port, size) => {
    let count = 0;
    setInterval(() => {
      for (let i = 0; i < size / 100; i++) {
        const peer = rawPeer(port, `join-${String(process.pid)}-${String(count++)}`);
        peer.joined.catch(() => undefined).finally(() => peer.socket.destroy());
      }
    }, 10);
    await delay(100);
  },

  /** Requests that send one byte of their head a second. */
  slowloris: async (port, size) => {
    for (let index = 0; index < size; index++) {
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("error", () => undefined);
      socket.write("GET /ws/x HTTP/1.1\r\nx-slow: ");
      setInterval(() => socket.write("x"), 1_000);
    }
    await delay(100);
  },

  /** Wallets that ask for all and read nothing: their merchant tells them something large again and again. */
  "slow readers": async (port, size) => {
    const merchant = rawPeer(port, "slow?role=merchant");
    await merchant.joined;
    await joinMany(
      port,
      size,
      () => "slow?role=customer",
      (peer) => peer.socket.pause(),
    );
    let count = 0;
    setInterval(() => merchant.socket.write(offer(`slow-${String(count++)}`, 50_000)), 50);
  },

  /** One channel with so many sockets, and a message to all of them five times a second. */
  crowd: async (port, size) => {
    const merchant = rawPeer(port, "crowd?role=merchant");
    await merchant.joined;
    await joinMany(port, size, () => "crowd?role=customer");
    let count = 0;
    setInterval(() => merchant.socket.write(offer(`crowd-${String(count++)}`, 10)), 200);
  },

  /** Sockets that join a channel each and do nothing. */
  "idle sockets": (port, size) => joinMany(port, size, (index) => `idle-${String(index)}`),

  /** The same on few channels: what a socket alone costs. */
  "idle sockets, 500 a channel": (port, size) =>
    joinMany(port, size, (index) => `idles-${String(Math.floor(index / 500))}`),
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;

async function joinMany(
  port: number,
  count: number,
  path: (index: number) => string,
  then: (peer: RawPeer) => void = () => undefined,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const peer = rawPeer(port, path(index));
      await peer.joined;
      then(peer);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

function offer(messageId: string, fillerBytes: number): Buffer {
  const body = { filler: "x".repeat(fillerBytes) };
  return textFrame(JSON.stringify({ key: "paymentrequest.response", messageId, headers: {}, body }));
}
