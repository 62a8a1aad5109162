import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, onTestFinished, vi } from "vitest";
import * as corkAnchor from "./cork-anchor.ts";
import type { HttpRequest } from "./http-route.ts";
import { echoRoute, serve, signal, wallet, type EchoSocket } from "./test-support.ts";
import { closeCodes, type AnyWebSocketRoute, type UpgradeDecision } from "./web-socket-route.ts";

const accepted: UpgradeDecision<unknown> = { accept: true, data: { id: "1" } };

/** A route that opens each socket at once, and decides when it is told. */
async function serveEarly(extra: Partial<AnyWebSocketRoute> = {}, limits = {}) {
  const heard: string[] = [];
  const decided = signal<UpgradeDecision<unknown> | Promise<UpgradeDecision<unknown>>>();
  const requests: HttpRequest[] = [];
  const route = echoRoute({
    upgrade(request) {
      requests.push(request);
      return { protocol: "p4", decision: decided.promise, closeCode: ({ status }) => 4000 + status };
    },
    open: (socket: EchoSocket) => void heard.push(`open ${String(socket.data.id)}`),
    message(socket: EchoSocket, text) {
      heard.push(text);
      socket.send(text);
    },
    close: () => void heard.push("close"),
    ...extra,
  });
  return { ...(await serve({ webSockets: [route], limits })), heard, decide: decided.fire, requests };
}

it("is answered within uWS's own cork, in one system call: only a late answer goes by the anchor", async () => {
  const run = vi.fn((write: () => void) => write());
  const anchor = vi.spyOn(corkAnchor, "acquireCorkAnchor").mockResolvedValue({ run, release: () => undefined });
  onTestFinished(() => anchor.mockRestore());
  const early = await serveEarly();
  const late = await serve({ webSockets: [echoRoute({ upgrade: () => Promise.resolve(accepted) })] });
  const peer = wallet(`${early.socketUrl}/ws/1`, ["p4"]);
  expect([await peer.opened, peer.socket.protocol, run.mock.calls.length]).toEqual([true, "p4", 0]);
  expect([await wallet(`${late.socketUrl}/ws/1`).opened, run.mock.calls.length]).toEqual([true, 1]);
});

it("is the route's once it is accepted: what came before was kept, in its order", async () => {
  const { socketUrl, heard, decide } = await serveEarly();
  const peer = wallet(`${socketUrl}/ws/1`, ["p4"]);
  expect(await peer.opened).toBe(true);
  for (const text of ["a", "b"]) peer.socket.send(text);
  peer.socket.send(new Uint8Array(3));
  // Another one has been read and kept by the time that this one is: one loop reads both, in turn.
  await fetch(socketUrl.replace("ws", "http"));
  expect(heard).toEqual([]);
  decide(accepted);
  expect(await peer.closed).toMatchObject({ code: closeCodes.unsupportedData });
  expect(heard).toEqual(["open 1", "a", "b", "close"]);
  expect(peer.messages).toEqual(["a", "b"]);
});

it("is closed with the refusal's code, and the route never hears of it", async () => {
  const { server, socketUrl, heard, decide } = await serveEarly();
  const peer = wallet(`${socketUrl}/ws/1`, ["p4"]);
  await peer.opened;
  peer.socket.send("early");
  decide({ accept: false, refusal: { status: 409, code: "TAKEN", detail: "by another" } });
  expect(await peer.closed).toEqual({ code: 4409, reason: "TAKEN: by another" });
  expect(heard).toEqual([]);
  await vi.waitFor(() => expect(server.stats()).toMatchObject({ webSockets: 0, tcpConnections: 0 }));
});

it("is closed as failed when its decision fails", async () => {
  const { socketUrl, errors, decide } = await serveEarly();
  const peer = wallet(`${socketUrl}/ws/1`, ["p4"]);
  await peer.opened;
  decide(Promise.reject(new Error("no")));
  expect(await peer.closed).toMatchObject({ code: closeCodes.internalError });
  expect(errors).toMatchObject([{ where: "upgrade /ws/:id" }]);
});

it("tells by the request's signal that the peer has gone first, and gives its place back", async () => {
  const { socketUrl, heard, decide, requests } = await serveEarly({}, { maxConnections: 1 });
  const first = wallet(`${socketUrl}/ws/1`, ["p4"]);
  await first.opened;
  const gone = vi.fn();
  requests[0]?.signal.addEventListener("abort", gone);
  first.socket.close();
  await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce());
  decide(accepted);
  await vi.waitFor(async () => expect(await wallet(`${socketUrl}/ws/2`, ["p4"]).opened).toBe(true));
  expect(heard).not.toContain("close");
});

it("takes what a peer has sent that has left before it is accepted, and then tells its end", async () => {
  const { server, socketUrl, heard, decide, requests } = await serveEarly();
  const peer = wallet(`${socketUrl}/ws/1`, ["p4"]);
  await peer.opened;
  for (const text of ["a", "b"]) peer.socket.send(text);
  peer.socket.close();
  await peer.closed;
  expect([server.stats().webSockets, requests[0]?.signal.aborted, heard]).toEqual([0, false, []]);
  decide(accepted);
  await vi.waitFor(() => expect(heard).toEqual(["open 1", "a", "b", "close"]));
});

it("drops what a peer has sent that has left before it is refused", async () => {
  const { socketUrl, heard, decide, requests } = await serveEarly({}, { maxUpgradesUnderWay: 1 });
  const peer = wallet(`${socketUrl}/ws/1`, ["p4"]);
  await peer.opened;
  peer.socket.send("a");
  peer.socket.close();
  await peer.closed;
  decide({ accept: false, refusal: { status: 409, code: "TAKEN", detail: "by another" } });
  await vi.waitFor(() => expect(requests[0]?.signal.aborted).toBe(true));
  expect(heard).toEqual([]);
});

it("counts as an upgrade that is being decided until it is", async () => {
  const { socketUrl, decide } = await serveEarly({}, { maxUpgradesUnderWay: 1 });
  await wallet(`${socketUrl}/ws/1`, ["p4"]).opened;
  expect(await wallet(`${socketUrl}/ws/2`, ["p4"]).opened).toBe(false);
  decide(accepted);
  await vi.waitFor(async () => expect(await wallet(`${socketUrl}/ws/3`, ["p4"]).opened).toBe(true));
});

it("keeps one message of any allowed size, and no flood", async () => {
  const { socketUrl, heard, decide } = await serveEarly();
  const [one, flood] = [wallet(`${socketUrl}/ws/1`, ["p4"]), wallet(`${socketUrl}/ws/2`, ["p4"])];
  await Promise.all([one.opened, flood.opened]);
  one.socket.send("x".repeat(1_000));
  for (let i = 0; i < 11; i++) flood.socket.send("y".repeat(100));
  expect(await flood.closed).toMatchObject({ code: closeCodes.slowConsumer });
  decide(accepted);
  await vi.waitFor(() => expect(one.messages).toHaveLength(1));
  expect(heard).toHaveLength(2);
});

it("closes a peer that finds no room beside others' messages, at no cost to its address", async () => {
  const halfBytes = 16 * 1024 * 1024;
  const limits = { maxUpgradesPerIpPerSecond: 10 };
  const { socketUrl, decide } = await serveEarly({ maxMessageBytes: halfBytes }, limits);
  const peers = Array.from({ length: 3 }, (_, i) => wallet(`${socketUrl}/ws/${String(i)}`, ["p4"]));
  for (const { opened } of peers) await opened;
  for (const { socket } of peers) socket.send("x".repeat(halfBytes));
  expect(await Promise.race(peers.map(({ closed }) => closed))).toMatchObject({ code: closeCodes.joinLater });
  expect(await wallet(`${socketUrl}/ws/3`, ["p4"]).opened).toBe(true);
  decide(accepted);
});

it("keeps nothing of its request once it is accepted", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const { socketUrl, decide, requests } = await serveEarly();
  const peer = wallet(`${socketUrl}/ws/1`, ["p4"]);
  await peer.opened;
  const [request] = requests.splice(0).map((each) => new WeakRef(each));
  decide(accepted);
  peer.socket.send("a");
  await vi.waitFor(() => expect(peer.messages).toEqual(["a"]));
  await vi.waitFor(() => {
    collectGarbage();
    expect(request?.deref()).toBeUndefined();
  });
});
