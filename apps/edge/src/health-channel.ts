import type { Encoding } from "@p4/protocol";
import type { WebSocketRoute } from "@p4/http";
import { closeCodeFor, joinRefusal } from "./join-refusal.ts";
import { readJoinRequest } from "./join-request.ts";
import { greeting } from "./join-success.ts";

interface HealthOptions {
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Null: this node takes traffic. */
  readonly unready: () => string | null;
}

interface HealthPeer {
  readonly encoding: Encoding;
  readonly clientId: string;
}

/**
 * `GET /ws/health`: wallets in use join it every two seconds to see whether the server serves, and wait for join.success.
 * While no other channel could be joined, this one cannot either. It is no channel: nothing is stored or relayed.
 */
export function healthRoute(options: HealthOptions): WebSocketRoute<HealthPeer> {
  return {
    path: "/ws/health",
    maxMessageBytes: 10_000,
    closeCodeFor,
    upgrade(request) {
      const unready = options.unready();
      if (unready !== null) return { accept: false, refusal: joinRefusal("EDGE_UNREADY", unready) };
      const read = readJoinRequest("health", request);
      const subprotocol = read.ok ? read.join.subprotocol : null;
      const data = { encoding: read.ok ? read.join.speech.encoding : ("both" as const), clientId: options.newId() };
      return { accept: true, data, ...(subprotocol === null ? {} : { protocol: subprotocol }) };
    },
    open(socket) {
      const { data } = socket;
      const message = {
        channelId: "health",
        clientId: data.clientId,
        messageId: options.newId(),
        timestampMs: options.nowMs(),
      };
      socket.send(greeting(message, data.encoding));
    },
    // Wallets send something here and expect no answer.
    message: () => undefined,
  };
}
