import type { WebSocketConstructor } from "@p4/client";
import { decodeFrame, headerValue, type Message } from "@p4/protocol";
import type { Recorder } from "./recorder.ts";

const maxFrameBytes = 16 * 1024 * 1024;
let connections = 0;

/** A WebSocket that notes what goes over the wire, so that the record does not depend on what the SDK makes of it. */
export function recordingSocket(session: string, recorder: Recorder): WebSocketConstructor {
  return class extends WebSocket {
    readonly #connection = `${session}/${String(++connections)}`;
    #isOver = false;

    constructor(url: string) {
      super(url);
      const connection = this.#connection;
      recorder.add({ kind: "connection", connection, session, url: new URL(url).host });
      this.addEventListener("message", ({ data }: { data: unknown }) => {
        if (typeof data === "string") noteReceived(data, connection, recorder);
      });
      this.addEventListener("close", ({ code }) => this.#over(code));
      this.addEventListener("error", () => this.#over(1006));
    }

    override send(text: string): void {
      const message = decoded(text);
      if (message !== null) {
        const { key, messageId } = message;
        recorder.add({ kind: "sent", connection: this.#connection, key, messageId });
      }
      super.send(text);
    }

    override close(code?: number, reason?: string): void {
      this.#over(code ?? 1005);
      super.close(code, reason);
    }

    #over(code: number): void {
      if (!this.#isOver) recorder.add({ kind: "lost", connection: this.#connection, code });
      this.#isOver = true;
    }
  };
}

function noteReceived(text: string, connection: string, recorder: Recorder): void {
  const message = decoded(text);
  if (message === null) return;
  const { key, messageId, correlationId, headers } = message;
  const sequence = headerValue(headers, "x-p4-sequence");
  recorder.add({
    kind: "frame",
    connection,
    key,
    messageId,
    correlationId,
    sequence: sequence === null ? null : Number(sequence),
  });
}

function decoded(text: string): Message | null {
  const frame = decodeFrame(text, { maxBytes: maxFrameBytes });
  return frame.ok ? frame.message : null;
}
