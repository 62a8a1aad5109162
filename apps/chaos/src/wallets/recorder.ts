import { createWriteStream, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { NewRecord, WalletRecord } from "./wallet-record.ts";

const writtenAtOnceChars = 64 * 1024;

/** The wallets' own record: lines of JSON, in the order in which things happened. */
export class Recorder {
  readonly #file: WriteStream;
  /** A write for each line would cost the wallets as much as their messages do. */
  #lines = "";

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: "a" });
  }

  add(record: NewRecord): void {
    this.#lines += `${JSON.stringify({ ...record, atMs: Date.now() })}\n`;
    if (this.#lines.length < writtenAtOnceChars) return;
    this.#file.write(this.#lines);
    this.#lines = "";
  }

  async close(): Promise<void> {
    this.#file.end(this.#lines);
    this.#lines = "";
    await finished(this.#file);
  }
}

export async function readRecords(path: string): Promise<WalletRecord[]> {
  const text = await readFile(path, "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as WalletRecord);
}
