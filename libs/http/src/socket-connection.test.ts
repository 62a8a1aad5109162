import { afterEach, describe, expect, it, vi } from "vitest";
import { SendQueues } from "./send-queues.ts";
import { SocketConnection, type SocketUserData } from "./socket-connection.ts";
import type { WebSocket } from "uWebSockets.js";

/** A socket whose connection has ended without uWS's close callback: each call of it throws, as uWS's own does. */
function endedSocket(): WebSocket<SocketUserData> {
  const refuse = (): never => {
    throw new Error("Invalid access of closed uWS.WebSocket/SSLWebSocket.");
  };
  const ended = { send: refuse, end: refuse, cork: refuse, getBufferedAmount: refuse };
  return ended as unknown as WebSocket<SocketUserData>;
}

function lostConnection() {
  const connection = new SocketConnection({}, "127.0.0.1", 1_000);
  const onLost = vi.fn();
  connection.attach(endedSocket(), { connection }, { onClosing: vi.fn(), onLost });
  return { connection, onLost };
}

describe("a socket that has ended unseen", () => {
  it.each([
    ["send", (c: SocketConnection<unknown>) => expect(c.send("late")).toBe("dropped")],
    ["bufferedBytes", (c: SocketConnection<unknown>) => expect(c.bufferedBytes()).toBe(0)],
    ["close", (c: SocketConnection<unknown>) => c.close(4200, "drain")],
    ["cork", (c: SocketConnection<unknown>) => c.cork(() => void c.send("late"))],
  ])("is found by %s, which does no harm and tells of it once", (_, call) => {
    const { connection, onLost } = lostConnection();
    call(connection);
    expect(connection.isOpen).toBe(false);
    connection.close(4200, "again");
    expect([connection.send("again"), connection.bufferedBytes()]).toEqual(["dropped", 0]);
    expect(onLost.mock.calls).toEqual([[{ connection }, true]]);
  });

  it("does not hide what corked writes throw themselves", () => {
    const connection = new SocketConnection({}, "127.0.0.1", 1_000);
    const cork = (writes: () => void): void => writes();
    const ws = { cork } as unknown as WebSocket<SocketUserData>;
    connection.attach(ws, { connection }, { onClosing: vi.fn(), onLost: vi.fn() });
    const fail = (): never => {
      throw new Error("ours");
    };
    expect(() => connection.cork(fail)).toThrow("ours");
    expect(connection.isOpen).toBe(true);
  });
});

describe("a peer that is closed while something waits for it", () => {
  afterEach(() => void vi.useRealTimers());

  function slowConnection() {
    vi.useFakeTimers();
    const uws = { waiting: 500, ended: [] as unknown[] };
    const ws = {
      getBufferedAmount: () => uws.waiting,
      end: (code: number, reason: string) => uws.ended.push([code, reason]),
      close: () => uws.ended.push("cut"),
    } as unknown as WebSocket<SocketUserData>;
    const queues = new SendQueues();
    const connection = new SocketConnection({}, "127.0.0.1", 1_000, queues);
    const onClosing = vi.fn();
    connection.attach(ws, { connection }, { onClosing, onLost: vi.fn() });
    connection.close(4290, "too slow");
    queues.look();
    return { connection, uws, onClosing, queues };
  }

  it("is gone for its route at once, and counts until what waits is sent, with the close frame behind it", () => {
    const { connection, uws, onClosing, queues } = slowConnection();
    expect(onClosing).toHaveBeenCalledWith({ connection }, 4290, "too slow");
    expect([connection.isOpen, connection.send("late"), uws.ended]).toEqual([false, "dropped", []]);
    expect([queues.queuedBytes, queues.endingBytes]).toEqual([500, 500]);
    uws.waiting = 100;
    connection.drained();
    expect(uws.ended).toEqual([]);
    uws.waiting = 0;
    connection.drained();
    expect(uws.ended).toEqual([[4290, "too slow"]]);
  });

  it("is cut off when it takes its time, however it trickles", () => {
    const { connection, uws } = slowConnection();
    for (let seconds = 0; seconds < 15; seconds++) {
      expect(uws.ended).toEqual([]);
      uws.waiting--;
      connection.drained();
      vi.advanceTimersByTime(1_000);
    }
    expect(uws.ended).toEqual(["cut"]);
  });
});
