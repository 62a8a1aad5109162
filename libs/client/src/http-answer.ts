import { closeCodeOfStatus, closeReason } from "@p4/protocol";
import type { WebSocketLike } from "./web-socket.ts";

/** The part of the `ws` package's sockets that tells the answer to a refused upgrade; no other runtime does. */
interface TellsHttpAnswer {
  on(event: "unexpected-response", listener: (request: { destroy(): void }, answer: HttpAnswer) => void): unknown;
}

interface HttpAnswer {
  readonly statusCode?: number;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error" | "aborted", listener: () => void): unknown;
}

/** Of the problem document; what is longer is none. */
const maxBodyBytes = 4_096;

/** Calls back with what a close would have said, where the socket tells the HTTP answer to a refused join. */
export function onHttpAnswer(socket: WebSocketLike, refused: (code: number, reason: string) => void): void {
  if (!tellsHttpAnswer(socket)) return;
  socket.on("unexpected-response", (request, answer) => {
    const status = answer.statusCode ?? 0;
    const chunks: Uint8Array[] = [];
    let size = 0;
    let isOver = false;
    const tell = (): void => {
      if (isOver) return;
      isOver = true;
      refused(closeCodeOfStatus(status), reasonOf(status, chunks));
      request.destroy();
    };
    answer.on("data", (chunk) => {
      size += chunk.length;
      if (size > maxBodyBytes) return tell();
      chunks.push(chunk);
    });
    for (const event of ["end", "error", "aborted"] as const) answer.on(event, tell);
  });
}

function tellsHttpAnswer(socket: WebSocketLike): socket is WebSocketLike & TellsHttpAnswer {
  return "on" in socket && typeof socket.on === "function";
}

function reasonOf(status: number, chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  try {
    const { code, detail } = JSON.parse(text) as { code?: unknown; detail?: unknown };
    if (typeof code === "string" && typeof detail === "string") return closeReason(code, detail);
  } catch {
    // Not a problem document: another server, or a proxy in front.
  }
  return closeReason(`HTTP_${String(status)}`, "the answer to the join");
}
