import type { Attack } from "../stranger.ts";

const requests = 20;
const everyMs = 500;
const bytes = 12;

/** Heads and bodies that come byte by byte, and requests that are left unfinished. */
export const slowRequests: Attack = async (stranger) => {
  const id = stranger.newId();
  const head = `GET /ws/${id} HTTP/1.1\r\nHost: x\r\nx-slow: `;
  const type = "Content-Type: application/json\r\nContent-Length: 900000";
  const body = `POST /callbacks?i=${id} HTTP/1.1\r\nHost: x\r\n${type}\r\n\r\n`;
  const sockets = Array.from({ length: requests }, (_, index) => {
    const socket = stranger.dial();
    socket.write(index % 2 === 0 ? head : body);
    return socket;
  });
  for (let sent = 0; sent < bytes && !stranger.world.over.aborted; sent++) {
    for (const socket of sockets) if (!socket.destroyed) socket.write("x");
    await stranger.pause(everyMs);
  }
};
