import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { StepOptions } from "@p4/nats";

/** A file of what only a deposed home has of one stream. */
export interface KeptTail {
  readonly stream: string;
  readonly path: string;
  readonly messages: number;
  /** Channels that it has events of; empty for other streams. */
  readonly channels: readonly string[];
}

/**
 * Writes tails to `<dir>/<region>-<epoch>-<site>-<stream>.jsonl`: one message a line, with its subject, sequence, time and
 * body (base64). On disk before it resolves, for the stream is dropped next. Nothing is written of an empty one.
 */
export function tailKeeper(dir: string, region: string, epoch: number, kept: KeptTail[]): StepOptions["keepTail"] {
  return async (site, { stream }, messages) => {
    const lines: string[] = [];
    const channels = new Set<string>();
    for await (const { subject, seq, storedAtMs, bytes } of messages) {
      const body = Buffer.from(bytes).toString("base64");
      lines.push(
        JSON.stringify({ stream, sequence: seq, subject, storedAt: new Date(storedAtMs).toISOString(), body }),
      );
      if (stream.startsWith("P4_CHANNELS_")) channels.add(subject.slice(subject.lastIndexOf(".") + 1));
    }
    if (lines.length === 0) return;
    await mkdir(dir, { recursive: true });
    const path = join(dir, `${region}-${String(epoch)}-${site}-${stream}.jsonl`);
    // Two operators may do so at once.
    const part = `${path}.${String(process.pid)}.part`;
    const file = await open(part, "w", 0o600);
    try {
      await file.writeFile(`${lines.join("\n")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    // Its name too.
    const folder = await open(dir, "r");
    await folder.sync().finally(() => folder.close());
    kept.push({ stream, path, messages: lines.length, channels: [...channels].sort() });
  };
}
