import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Recorder } from "./recorder.ts";
import { openMerchant } from "./sessions.ts";
import { terms } from "./bodies.ts";

export interface StalledPeerPlan {
  readonly channelId: string;
  readonly host: string;
  readonly port: number;
  readonly holdMs: number;
}

/** Together less than a merchant may add to a channel, and more than the edge and two kernels keep for one peer. */
const bodyBytes = 400_000;
const messages = 20;
const endWithinMs = 15_000;

/**
 * A customer that joins and then stops reading, while the merchant of its channel sends more than the edge keeps for one
 * peer. The edge has to cut it off (4290) and to serve all others as before.
 */
export async function stallPeer({ channelId, host, port, holdMs }: StalledPeerPlan, recorder: Recorder): Promise<void> {
  const url = `ws://${host}:${String(port)}/ws/${channelId}`;
  const socket = connect(port, host);
  socket.on("error", () => undefined);
  socket.write(upgradeRequest(`/ws/${channelId}?role=customer&dialect=p4`, `${host}:${String(port)}`));
  // Another fault may have this edge down: then there is no peer to stall.
  const isOpen = await Promise.race([once(socket, "readable"), delay(holdMs)]).then(
    () => true,
    () => false,
  );
  if (!isOpen) return;
  const shop = openMerchant(channelId, [url], recorder);
  const signal = AbortSignal.timeout(holdMs);
  let stored = 0;
  const padding = "x".repeat(bodyBytes);
  try {
    for (; stored < messages; stored++) await shop.offerTerms({ ...terms, padding }, undefined, { signal });
  } catch {
    // Another fault may keep the merchant from sending: then this peer was not stalled for long.
  }
  shop.close();
  const ended = once(socket, "close").then(
    () => true,
    () => true,
  );
  // What the edge had sent before it gave up is still to be read; its end comes behind that.
  socket.resume();
  const cutOff = await Promise.race([ended, delay(endWithinMs, false)]);
  socket.destroy();
  recorder.add({ kind: "stalled", channelId, messagesStored: stored, cutOff });
}

function upgradeRequest(path: string, host: string): string {
  const key = randomBytes(16).toString("base64");
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, "Upgrade: websocket", "Connection: Upgrade"];
  return [...lines, `Sec-WebSocket-Key: ${key}`, "Sec-WebSocket-Version: 13", "", ""].join("\r\n");
}
