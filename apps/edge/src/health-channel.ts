import type { WebSocketRoute } from "@p4/http";
import { decodeFrame, encodeMessage } from "@p4/protocol";
import { readJoinRequest } from "./join-request.ts";
import { greeting } from "./join-success.ts";

interface HealthPeer {
  readonly encoding: "p4" | "dpp" | "both";
  readonly clientId: string;
}

/**
 * `GET /ws/health`: wallets in use join it every two seconds to see whether the server lives, and wait for join.success.
 * It is no channel: nothing is stored, nobody hears anybody.
 */
export function healthRoute(options: { nowMs: () => number; newId: () => string }): WebSocketRoute<HealthPeer> {
  return {
    path: "/ws/health",
    maxMessageBytes: 10_000,
    upgrade(request) {
      const read = readJoinRequest("health", request);
      return { accept: true, data: { encoding: read.ok ? read.join.encoding : "both", clientId: options.newId() } };
    },
    open(socket) {
      const { data } = socket;
      socket.send(greeting("health", data.clientId, data.encoding, options.newId(), options.nowMs(), []));
    },
    message(socket, text) {
      const frame = decodeFrame(text, { maxBytes: 10_000 });
      if (frame.ok && frame.message.key === "health") socket.send(encodeMessage(frame.message, frame.dialect));
    },
  };
}
