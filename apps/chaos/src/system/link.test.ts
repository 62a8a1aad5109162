import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { Link } from "./link.ts";

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((each) => each.close()));

test("passes bytes both ways, none while it is severed, and those that waited after it is healed", async () => {
  const { link, client } = await echoBehindLink();
  expect(await answerTo(client, "one")).toBe("one");

  link.sever();
  let heard = "";
  client.on("data", (bytes: Buffer) => (heard += bytes.toString()));
  client.write("two");
  await timeHasPassed(link);
  expect(heard).toBe("");

  link.heal();
  await once(client, "data");
  expect(heard).toBe("two");
});

test("ends a connection whose other end is gone", async () => {
  const { client, server } = await echoBehindLink();
  await answerTo(client, "here");
  server.close();
  for (const socket of server.sockets) socket.destroy();
  await once(client, "close");
});

test("takes the time that it is told each way, and keeps the order", async () => {
  const delayMs = 30;
  const { client } = await echoBehindLink(delayMs);
  const startMs = performance.now();
  let heard = "";
  client.on("data", (bytes: Buffer) => (heard += bytes.toString()));
  for (const part of ["one", "two", "three"]) client.write(part);
  while (heard.length < "onetwothree".length) await once(client, "data");
  expect(heard).toBe("onetwothree");
  // A timer may fire a millisecond early.
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(2 * delayMs - 2);
});

test("passes bytes one way alone, and those of the other way when it is healed", async () => {
  const { link, client, server } = await echoBehindLink();
  await answerTo(client, "here");
  link.pass({ severed: ["back"], delayMs: 0 });
  let heard = "";
  client.on("data", (bytes: Buffer) => (heard += bytes.toString()));
  const arrived = once([...server.sockets][0] as Socket, "data");
  client.write("there");
  await arrived;
  await timeHasPassed(link);
  expect(heard).toBe("");
  link.heal();
  await once(client, "data");
  expect(heard).toBe("there");
});

test("holds back what a new connection would hear too, while its way is severed", async () => {
  const { link, client, server } = await echoBehindLink();
  await answerTo(client, "here");
  link.pass({ severed: ["back"], delayMs: 0 });
  const newcomer = connect(link.port, "127.0.0.1");
  opened.push({ close: () => newcomer.destroy() });
  let heard = "";
  newcomer.on("data", (bytes: Buffer) => (heard += bytes.toString()));
  const [socket] = (await once(server, "connection")) as [Socket];
  newcomer.write("there");
  await once(socket, "data");
  // Long enough for an echo that nothing holds.
  await delay(100);
  expect(heard).toBe("");
  link.heal();
  while (heard === "") await once(newcomer, "data");
  expect(heard).toBe("there");
});

test("keeps the order when it becomes faster", async () => {
  const { link, client } = await echoBehindLink(30);
  let heard = "";
  client.on("data", (bytes: Buffer) => (heard += bytes.toString()));
  await answerTo(client, "one");
  link.pass({ severed: [], delayMs: 60 });
  client.write("two");
  setTimeout(() => {
    link.pass({ severed: [], delayMs: 0 });
    client.write("three");
  }, 10);
  while (heard.length < "onetwothree".length) await once(client, "data");
  expect(heard).toBe("onetwothree");
});

async function echoBehindLink(delayMs = 0) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const link = await Link.open((server.address() as AddressInfo).port, 0, delayMs);
  const client = connect(link.port, "127.0.0.1");
  await once(client, "connect");
  opened.push(link, server, { close: () => client.destroy() });
  return { link, client, server: Object.assign(server, { sockets }) };
}

/** A second connection through the link shows that time has passed for the bytes of the first too. */
async function timeHasPassed({ port }: Link): Promise<void> {
  const other = connect(port, "127.0.0.1");
  await once(other, "connect");
  other.destroy();
}

async function answerTo(client: Socket, text: string): Promise<string> {
  client.write(text);
  const [bytes] = (await once(client, "data")) as [Buffer];
  return bytes.toString();
}
