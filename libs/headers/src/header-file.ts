import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline/promises";
import { hexToBytes, parseBlockHeader, sdkCrypto } from "@p4/spv";
import { HeaderIndex, type IndexedHeader } from "./header-index.ts";

/**
 * One header a line: 160 hex digits, then its height if known; or `{"header": hex, "height": number}`.
 * Empty lines and lines that start with # are skipped.
 *
 * @throws Error naming file and line.
 */
export async function readHeaderFile(path: string): Promise<HeaderIndex> {
  const index = new HeaderIndex();
  let lineNumber = 0;
  for await (const line of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
    lineNumber++;
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    try {
      index.add(parseHeaderLine(text));
    } catch (error) {
      throw new Error(`${path}:${lineNumber}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  return index;
}

export function parseHeaderLine(text: string): IndexedHeader {
  const { hex, height } = text.startsWith("{") ? fromJson(text) : fromWords(text);
  if (typeof hex !== "string") throw new Error("header: must be 160 hex digits");
  const header = parseBlockHeader(hexToBytes(hex, "header"), crypto);
  if (height === undefined) return { header };
  if (typeof height !== "number" || !Number.isSafeInteger(height) || height < 0) {
    throw new Error("height: must be a whole number from 0");
  }
  return { header, blockHeight: height };
}

function fromJson(text: string): { hex: unknown; height: unknown } {
  const { header, height } = JSON.parse(text) as { header?: unknown; height?: unknown };
  return { hex: header, height };
}

function fromWords(text: string): { hex: unknown; height: unknown } {
  const [hex, height, ...rest] = text.split(/\s+/);
  if (rest.length > 0) throw new Error("line: must be a header and, if known, its height");
  return { hex, height: height === undefined ? undefined : /^\d{1,15}$/.test(height) ? Number(height) : height };
}

/** The runtime's SHA-256: hundreds of thousands of headers are hashed while others wait. */
const crypto = { ...sdkCrypto, sha256: (data: Uint8Array) => createHash("sha256").update(data).digest() };
