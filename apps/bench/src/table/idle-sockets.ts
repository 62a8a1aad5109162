import { settledRssBytes } from "../idle-scenario.ts";
import { rssBytesOf } from "../server-process.ts";
import type { Figures } from "./figures.ts";
import { SocketCrowd } from "./socket-crowd.ts";
import type { Contender } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import type { Subject } from "./subjects.ts";

/** Memory that sockets take which have joined, two a channel, and do nothing. */
export function idleSockets(subject: Subject, sockets: number, stage: Stage): Contender {
  return { name: subject.name, measure: () => measure(subject, sockets, stage) };
}

const warmUpSockets = 500;

async function measure(subject: Subject, sockets: number, stage: Stage): Promise<Figures> {
  await (await SocketCrowd.join(subject.port, "idle sockets, 2 a channel", warmUpSockets)).stop();
  const before = await memoryOf(subject);
  const crowd = stage.pass(await SocketCrowd.join(subject.port, "idle sockets, 2 a channel", sockets));
  const after = await memoryOf(subject);
  const open = await crowd.open();
  if (open < sockets) throw new Error(`${String(open)} of ${String(sockets)} sockets are open`);
  await crowd.stop();
  const each = (bytes: number): number => bytes / 1024 / sockets;
  return {
    serverKbPerSocket: each(after.server - before.server),
    ...(subject.brokerPid === null ? {} : { brokerKbPerSocket: each(after.broker - before.broker) }),
  };
}

async function memoryOf({ pid, brokerPid }: Subject): Promise<{ server: number; broker: number }> {
  const server = await settledRssBytes([{ pid }]);
  return { server, broker: brokerPid === null ? 0 : rssBytesOf(brokerPid) };
}
