import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TailEvent } from "./region-history.ts";

/** Events that `p4 region return` has written down. No directory: none. Lines of other streams than the log's are left out. */
export async function readForks(dir: string): Promise<TailEvent[]> {
  const names = await readdir(dir).catch(() => []);
  const tails = await Promise.all(
    names.toSorted().map(async (name) => {
      const found = /^.+?-(\d+)-([a-z0-9-]+)-P4_CHANNELS_.+_(\d+)(?:\.\d+)?\.jsonl$/.exec(name);
      if (found === null) return [];
      const [, epoch, site = "", shard] = found;
      const lines = (await readFile(join(dir, name), "utf8")).split("\n").filter((line) => line !== "");
      return lines.map((line) => tailEvent(line, { site, epoch: Number(epoch), shard: Number(shard) }));
    }),
  );
  return tails.flat();
}

interface KeptLine {
  readonly sequence: number;
  readonly subject: string;
  readonly storedAt: string;
  readonly body: string;
}

function tailEvent(line: string, place: Pick<TailEvent, "site" | "epoch" | "shard">): TailEvent {
  const { sequence, subject, storedAt, body } = JSON.parse(line) as KeptLine;
  return {
    ...place,
    channelId: subject.slice(subject.lastIndexOf(".") + 1),
    streamVersion: sequence,
    text: Buffer.from(body, "base64").toString("utf8"),
    storedAtMs: Date.parse(storedAt),
  };
}
