import { TokenBucket } from "@p4/http";
import { closeCodes, encodeErrorMessage, errorReport } from "@p4/protocol";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { endsOverUnknown } from "./peer-speech.ts";
import type { FrameRefusal } from "./wallet-frame.ts";

/** What one connection may be refused before it is closed with 4290. */
export const refusalLimit = { burst: 50, perSecond: 20 } as const;
/** What all connections of one address, one after the other or together, may be refused before each refusal counts tenfold. */
export const addressLimit = { burst: 500, perSecond: 100 } as const;
const priceBeyond = 10;

/** Reading a large frame costs as much as reading many small ones. */
const bytesPerToken = 65_536;

/** Refusals that are not, or not quite, the peer's fault. */
const prices: Readonly<Record<string, number>> = {
  EDGE_UNAVAILABLE: 0,
  EDGE_LOG_DAMAGED: 0,
  // A hasty wallet is slowed by these; only one that goes on and on is a flood.
  EDGE_TOO_MANY_PENDING: 1 / 50,
};

/**
 * Answers a refused frame of `frameBytes`, to its sender alone. A connection that is refused too often is closed: the
 * answers to a flood must not cost more than the flood.
 */
export function sendRefusal(
  connection: Connection,
  refusal: FrameRefusal,
  frameBytes: number,
  context: EdgeContext,
): void {
  context.metrics.frameRefused(refusal.errCode);
  const { id: connectionId, role, followed } = connection;
  const place = { channelId: followed.channelId, nodeId: context.nodeId, connectionId, role };
  context.note({ ...place, code: refusal.errCode }, "message refused");
  if (connection.socket === null) return;
  const price = prices[refusal.errCode] ?? 1 + frameBytes / bytesPerToken;
  if (price > 0) {
    const nowMs = performance.now();
    connection.refusals ??= new TokenBucket(refusalLimit, nowMs);
    // Reconnecting does not refill the address's budget. A mere burst is no abuse.
    const abused = price >= 1 && !context.refusals.take(connection.socket.remoteAddress, nowMs);
    if (!connection.refusals.take(abused ? priceBeyond * price : price, nowMs)) {
      context.metrics.floodClosed();
      return connection.socket.close(closeCodes.overLimits.code, "too many refused messages");
    }
  }
  // It would end its connection over the error, and not come back. A close it takes for a loss: it comes back.
  if (endsOverUnknown(connection.speech)) return connection.socket.close(closeCodes.joinLater.code, refusal.errCode);
  const report = errorReport({
    title: refusal.title,
    description: refusal.description,
    errCode: refusal.errCode,
    origin: refusal.origin,
    channelId: connection.followed.channelId,
    messageId: context.newId(),
    timestampMs: context.nowMs(),
    clientId: connection.id,
  });
  // A peer whose dialect is not known yet is answered in the document's form, unless its frame showed the other.
  connection.socket.send(encodeErrorMessage(report, connection.speech.encoding === "dpp" ? "dpp" : "p4"));
}
