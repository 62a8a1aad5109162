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

const bodyBytes = 400_000;
const messages = 24;

/**
 * A customer that joins and then stops reading, while the merchant of its channel sends more than the edge keeps for one
 * peer. The edge has to cut it off (4290) and to serve all others as before.
 */
export async function stallPeer({ channelId, host, port, holdMs }: StalledPeerPlan, recorder: Recorder): Promise<void> {
  const url = `ws://${host}:${String(port)}/ws/${channelId}`;
  const socket = connect(port, host);
  const bytes: Buffer[] = [];
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
  const memo = "x".repeat(bodyBytes);
  try {
    for (let sent = 0; sent < messages; sent++) await shop.offerTerms({ ...terms, memo }, undefined, { signal });
  } catch {
    // Another fault may keep the merchant from sending: then this peer was not stalled for long.
  }
  shop.close();
  socket.on("data", (part: Buffer) => bytes.push(part));
  await Promise.race([once(socket, "close"), delay(2_000)]).catch(() => undefined);
  socket.destroy();
  recorder.add({ kind: "stalled", channelId, closeCode: closeCodeOf(Buffer.concat(bytes)) });
}

function upgradeRequest(path: string, host: string): string {
  const key = randomBytes(16).toString("base64");
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, "Upgrade: websocket", "Connection: Upgrade"];
  return [...lines, `Sec-WebSocket-Key: ${key}`, "Sec-WebSocket-Version: 13", "", ""].join("\r\n");
}

/** The code of a close frame at the end of what was read; null when there is none. */
function closeCodeOf(bytes: Buffer): number | null {
  for (let at = Math.max(0, bytes.length - 130); at < bytes.length - 3; at++) {
    const isWhole = at + 2 + (bytes[at + 1] ?? 0) === bytes.length;
    if (bytes[at] === 0x88 && isWhole) return bytes.readUInt16BE(at + 2);
  }
  return null;
}
