import { describe, expect, it, vi } from "vitest";
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
  connection.attach(endedSocket(), onLost);
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
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  it("does not hide what corked writes throw themselves", () => {
    const connection = new SocketConnection({}, "127.0.0.1", 1_000);
    const cork = (writes: () => void): void => writes();
    connection.attach({ cork } as unknown as WebSocket<SocketUserData>, vi.fn());
    const fail = (): never => {
      throw new Error("ours");
    };
    expect(() => connection.cork(fail)).toThrow("ours");
    expect(connection.isOpen).toBe(true);
  });
});
