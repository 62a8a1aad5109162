import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { decodeBlockLine, encodeBlockLine } from "../chain/block-line.ts";
import type { Block } from "../chain/block.ts";
import type { ChainTransaction } from "../chain/transaction.ts";

const NEWLINE = 0x0a;

/** Keeps the chain between two starts: every block of every branch, in the order in which they were mined. */
export interface BlockStore {
  append(block: Block): void;
  close(): void;
}

/**
 * Opens an append-only file with one block per line and hands each stored block to `replay`. A last line without its
 * newline is what a crash leaves: it is cut off. Any other bad line throws, with its number.
 */
export function openBlockFile(
  path: string,
  parseTransaction: (raw: Uint8Array) => ChainTransaction,
  replay: (block: Block) => void,
): BlockStore {
  mkdirSync(dirname(path), { recursive: true });
  const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const wholeBytes = content.lastIndexOf(NEWLINE) + 1;
  const lines = content.subarray(0, wholeBytes).toString("utf8").split("\n").slice(0, -1);
  lines.forEach((line, index) => {
    try {
      replay(decodeBlockLine(line, parseTransaction));
    } catch (error) {
      throw new Error(`${path}, line ${index + 1}: not a block of this chain. Delete the file to start a new chain.`, {
        cause: error,
      });
    }
  });
  // Opened in "a" mode, every write goes to the end, also after the truncation.
  const file = openSync(path, "a");
  if (wholeBytes < content.length) ftruncateSync(file, wholeBytes);
  return {
    append: (block) => void writeSync(file, `${encodeBlockLine(block)}\n`),
    close: () => closeSync(file),
  };
}
