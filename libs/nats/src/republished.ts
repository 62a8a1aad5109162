import { MsgImpl, type Msg } from "@nats-io/transport-node";
import type { LiveEvent } from "@p4/event-store";

type Republished = Omit<LiveEvent, "channelId">;

const [sequence, lastSequence, trace] = ["\r\nNats-Sequence:", "\r\nNats-Last-Sequence:", "\r\ntraceparent:"] as const;

/**
 * What a stream says of a message that it republishes. A node hears one for each event of each of its channels: the client's
 * own table of headers, with a list for each, would take several times as long as these two searches.
 *
 * @param subject what was subscribed to
 * @param withTrace whether to look for a trace context as well
 */
export function readRepublished(message: Msg, subject: string, withTrace = false): Republished {
  const bytes = message.data;
  const lines = headerLines(message, bytes, subject);
  const republished = {
    streamVersion: Number(valueOf(lines, sequence)),
    previousStreamVersion: Number(valueOf(lines, lastSequence)),
    bytes,
  };
  if (!withTrace || !lines.includes(trace)) return republished;
  return { ...republished, traceparent: valueOf(lines, trace) };
}

/** Headers lie before the data in the client's buffer, and are what the message's size has beyond subject and data. */
function headerLines(message: Msg, data: Uint8Array, subject: string): string {
  if (message instanceof MsgImpl) {
    const sizeBytes = message.size() - subject.length - data.length;
    const start = data.byteOffset - sizeBytes;
    const lines = start < 0 ? "" : Buffer.from(data.buffer, start, sizeBytes).toString("latin1");
    if (lines.startsWith("NATS/1.0\r\n")) return lines;
  }
  // Should the client keep them elsewhere one day.
  return [...(message.headers ?? [])].map(([name, values]) => `\r\n${name}: ${values[0] ?? ""}\r\n`).join("");
}

function valueOf(lines: string, label: string): string {
  const found = lines.indexOf(label);
  if (found === -1) return "0";
  const start = found + label.length;
  return lines.slice(start, lines.indexOf("\r\n", start)).trim();
}
