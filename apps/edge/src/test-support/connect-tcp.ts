import { connect } from "node:net";
import type { ConnectTcp } from "@p4/conformance";

/** Bare TCP, for what no WebSocket client would send. */
export const connectTcp: ConnectTcp = ({ host, port }, listener) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      resolve({
        write: (bytes) => void socket.write(bytes),
        pause: () => void socket.pause(),
        destroy: () => void socket.destroy(),
      });
    });
    socket.on("data", (bytes: Uint8Array) => listener.data(bytes));
    socket.on("close", () => listener.closed());
    // After the connection is made, an error is followed by the close.
    socket.on("error", reject);
  });
