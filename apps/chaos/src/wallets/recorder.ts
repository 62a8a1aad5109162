import { createWriteStream, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { NewRecord, WalletRecord } from "./wallet-record.ts";

/** The wallets' own record: lines of JSON, appended as things happen. */
export class Recorder {
  readonly #file: WriteStream;

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: "a" });
  }

  add(record: NewRecord): void {
    this.#file.write(`${JSON.stringify({ ...record, atMs: Date.now() })}\n`);
  }

  async close(): Promise<void> {
    this.#file.end();
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
