import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { answerPings, rawPeer, textFrame, type RawPeer } from "./raw-peer.ts";

/** What an attack has really done: a busy machine does less than it is asked to. */
export interface Tally {
  /** Frames, joins or messages, as the attack has it. */
  done: number;
  /** Joins that were let in; idle sockets are taken off when they are closed. */
  joined: number;
}

export const newTally = (): Tally => ({ done: 0, joined: 0 });

/** Begins an attack on the edge at this port; resolves when it is under way. It ends with its process. */
export type Attack = (port: number, size: number, tally: Tally) => Promise<void>;

export const attacks = {
  /** Sockets that write nonsense as fast as they can, and come back when they are closed. */
  "invalid frames": async (port, size, tally) => {
    const flood = Buffer.concat(Array.from({ length: floodFrames }, () => textFrame('{"key":"nonsense"}')));
    const write = (socket: Socket): void => {
      if (socket.destroyed) return;
      tally.done += floodFrames;
      if (socket.write(flood)) setImmediate(write, socket);
    };
    const again = (index: number): void => {
      const peer = rawPeer(port, `flood-${String(index)}`);
      peer.socket.once("close", () => setTimeout(again, 20, index));
      peer.socket.on("drain", () => write(peer.socket));
      peer.joined.then(
        () => {
          tally.joined++;
          write(peer.socket);
        },
        () => undefined,
      );
    };
    for (let index = 0; index < size; index++) again(index);
    await delay(100);
  },

  /** The join burst at a server of the attackers' own: what the edge suffers from this is the machine's doing. */
  "nothing, elsewhere": async (_port, size, tally) => {
    const sink = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"));
    });
    await once(sink.listen(0, "127.0.0.1"), "listening");
    await joinBurst((sink.address() as AddressInfo).port, size, tally, () => undefined);
  },

  /** Joins of new channels from one address; `size` a second. */
  "join burst": (port, size, tally) => joinBurst(port, size, tally, () => undefined),

  /** The same from two hundred addresses: no limit for each address stops them. */
  "join burst, 200 addresses": (port, size, tally) =>
    joinBurst(port, size, tally, (index) => `127.0.1.${String(1 + (index % 200))}`),

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

  /** One channel with as many sockets as it may have, and a message to all of them five times a second. */
  crowd: async (port, size) => {
    const merchant = rawPeer(port, "crowd?role=merchant");
    await merchant.joined;
    await joinMany(port, size, () => "crowd?role=customer");
    let count = 0;
    setInterval(() => merchant.socket.write(offer(`crowd-${String(count++)}`, 10)), 200);
  },

  /** Sockets that join a channel each and do nothing. */
  "idle sockets": (port, size, tally) =>
    joinMany(
      port,
      size,
      (index) => `idle-${String(process.pid)}-${String(index)}`,
      (peer) => stayIdle(peer, tally),
    ),

  /** Pairs, as they are while a payment waits. */
  "idle sockets, 2 a channel": (port, size, tally) =>
    joinMany(
      port,
      size,
      (index) =>
        `idle-${String(process.pid)}-pair-${String(index >> 1)}?role=${index % 2 === 0 ? "merchant" : "customer"}`,
      (peer) => stayIdle(peer, tally),
    ),

  /** The same on few channels: what a socket alone costs. */
  "idle sockets, 50 a channel": (port, size, tally) =>
    joinMany(
      port,
      size,
      (index) => `idle-${String(process.pid)}-shared-${String(Math.floor(index / 50))}`,
      (peer) => stayIdle(peer, tally),
    ),
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;

const floodFrames = 500;

async function joinBurst(
  port: number,
  size: number,
  tally: Tally,
  from: (index: number) => string | undefined,
): Promise<void> {
  let next = 0;
  let due = 0;
  let lastMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    // A late timer catches up, but not without an end: the machine may not be able to.
    due = Math.min(due + ((nowMs - lastMs) / 1000) * size, size / 10);
    lastMs = nowMs;
    for (; due >= 1; due--) {
      const index = next++;
      tally.done++;
      const peer = rawPeer(port, `join-${String(process.pid)}-${String(index)}`, from(index));
      peer.joined
        .then(
          () => tally.joined++,
          () => undefined,
        )
        .finally(() => peer.socket.destroy());
    }
  }, 1);
  await delay(100);
}

function stayIdle(peer: RawPeer, tally: Tally): void {
  tally.joined++;
  peer.socket.once("close", () => tally.joined--);
  answerPings(peer);
}

async function joinMany(
  port: number,
  count: number,
  path: (index: number) => string,
  then: (peer: RawPeer) => void = () => undefined,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) then(await joinOnce(port, path(index)));
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

/** As a wallet does: again after a while when it was refused. */
async function joinOnce(port: number, path: string): Promise<RawPeer> {
  for (let tries = 1; ; tries++) {
    const peer = rawPeer(port, path);
    try {
      await peer.joined;
      return peer;
    } catch (error) {
      peer.socket.destroy();
      if (tries === 100) throw error;
      await delay(100 + Math.random() * 400);
    }
  }
}

function offer(messageId: string, fillerBytes: number): Buffer {
  const body = { filler: "x".repeat(fillerBytes) };
  return textFrame(JSON.stringify({ key: "paymentrequest.response", messageId, headers: {}, body }));
}
