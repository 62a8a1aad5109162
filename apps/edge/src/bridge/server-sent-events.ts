import type { StreamWriter } from "@p4/http";

/** One server-sent event. JSON allows line breaks between its tokens only, so that a space is as good as one there. */
export function serverSentEvent(id: number, name: string, json: string): string {
  return `id: ${String(id)}\nevent: ${name}\ndata: ${json.replace(/\r\n|[\r\n]/g, " ").trimEnd()}\n\n`;
}

/** What a browser waits before it comes back. */
export const reconnectAfterMs = 1_000;
const heartbeatMs = 15_000;

/** Comments keep proxies from taking a quiet stream for a dead one. Returns what ends them. */
export function startHeartbeat(writer: StreamWriter): () => void {
  const timer = setInterval(() => writer.write(": heartbeat\n\n"), heartbeatMs);
  return () => clearInterval(timer);
}

export async function drainedWithin(writer: StreamWriter, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limitMs)));
  try {
    return await Promise.race([writer.drained().then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
