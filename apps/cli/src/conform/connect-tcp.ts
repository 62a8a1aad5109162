import { connect } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { ConnectTcp } from "@p4/conformance";

/** Bare TCP or TLS, for what no WebSocket client would send. Rejects when there is no connection after ten seconds. */
export const connectTcp: ConnectTcp = connectWithin(10_000);

export function connectWithin(timeoutMs: number): ConnectTcp {
  return ({ host, port, secure }, listener) =>
    new Promise((resolve, reject) => {
      const socket = secure ? connectSecurely({ host, port, servername: host }) : connect({ host, port });
      const timer = setTimeout(
        () => socket.destroy(new Error(`no connection to ${host}:${port} in ${timeoutMs} ms`)),
        timeoutMs,
      );
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(timer);
        resolve({
          write: (bytes) => void socket.write(bytes),
          pause: () => void socket.pause(),
          destroy: () => void socket.destroy(),
        });
      });
      socket.on("data", (bytes: Uint8Array) => listener.data(bytes));
      socket.on("close", () => {
        clearTimeout(timer);
        listener.closed();
      });
      // After the connection is made, an error is followed by the close.
      socket.on("error", reject);
    });
}
