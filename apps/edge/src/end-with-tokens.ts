import { closeCodes, closeReason } from "@p4/protocol";
import type { Connection } from "./connection.ts";

const lookEveryMs = 250;
const reason = closeReason("EDGE_TOKEN", "the token has ended");

/** Closes the sockets whose token has ended, until the returned function is called: who goes on joins with a new one. */
export function endWithTokens(connections: () => Iterable<Connection>, nowMs: () => number): () => void {
  const timer = setInterval(() => {
    const now = nowMs();
    const over = [...connections()].filter(({ endsAtMs }) => endsAtMs !== null && endsAtMs <= now);
    for (const { socket } of over) socket?.close(closeCodes.tokenNeeded.code, reason);
  }, lookEveryMs).unref();
  return () => clearInterval(timer);
}
