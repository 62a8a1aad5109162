import { decodeHeader, encodeHeader, hashHeader, HEADER_BYTES } from "./block-header.ts";
import type { Block } from "./block.ts";
import { RejectionError } from "./rejection.ts";
import type { ChainTransaction } from "./transaction.ts";

/** One block as one line of JSON: `{"height":1,"hash":"...","header":"<160 hex>","transactions":["<hex>"]}`. */
export function encodeBlockLine(block: Block): string {
  return JSON.stringify({
    height: block.height,
    hash: block.hash,
    header: encodeHeader(block.header).toString("hex"),
    transactions: block.transactions.map(({ bytes }) => Buffer.from(bytes).toString("hex")),
  });
}

/** The hash is computed, not believed. Throws when the line is not a block. */
export function decodeBlockLine(line: string, parseTransaction: (raw: Uint8Array) => ChainTransaction): Block {
  const { height, header, transactions } = JSON.parse(line) as {
    height: number;
    header: string;
    transactions: string[];
  };
  const headerBytes = Buffer.from(header, "hex");
  if (headerBytes.length !== HEADER_BYTES) {
    throw new RejectionError("BLOCK_BAD_PROOF_OF_WORK", `header: must be ${HEADER_BYTES} bytes`);
  }
  const decoded = decodeHeader(headerBytes);
  return {
    height,
    hash: hashHeader(decoded),
    header: decoded,
    transactions: transactions.map((hex) => parseTransaction(Buffer.from(hex, "hex"))),
  };
}
