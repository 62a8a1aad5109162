import { bytesToHex, type SpvCrypto } from "@p4/spv";
import { utf8Bytes, utf8Text } from "./text-bytes.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One line of a file: `<part> <SHA-256 of "<part> <content>"> <content>`, ended by one newline (U+000A). */
export interface PartLine {
  /** From 1. */
  readonly line: number;
  readonly part: string;
  readonly sha256: string;
  readonly content: string;
  /** Where the line begins, in bytes. */
  readonly offset: number;
}

export interface LineFault {
  readonly line: number;
  /** The part that the line says it is, as far as that can be read. */
  readonly part: string;
  readonly reason: string;
}

export interface ReadLines {
  readonly lines: readonly PartLine[];
  readonly faults: readonly LineFault[];
}

const linePattern = /^([a-z0-9/-]{1,32}) ([0-9a-f]{64}) (.*)$/s;
const partPattern = /^[a-z0-9/-]{1,32}(?= )/;

export function formatLine(part: string, content: string, crypto: SpvCrypto): string {
  return `${part} ${lineHash(part, content, crypto)} ${content}\n`;
}

/** Reads every line and checks its own hash. A file is a list of whole lines: bytes outside of them are faults. */
export function readLines(bytes: Uint8Array, crypto: SpvCrypto): ReadLines {
  const lines: PartLine[] = [];
  const faults: LineFault[] = [];
  for (let offset = 0, line = 1; offset < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, offset);
    const lineBytes = bytes.subarray(offset, end === -1 ? bytes.length : end);
    const read = readLine(lineBytes, line, offset, crypto);
    if ("reason" in read) faults.push(end === -1 ? { ...read, reason: `half-written: ${read.reason}` } : read);
    else if (end === -1) faults.push({ line, part: read.part, reason: "half-written: its newline is missing" });
    else lines.push(read);
    offset = end === -1 ? bytes.length : end + 1;
  }
  return { lines, faults };
}

function readLine(bytes: Uint8Array, line: number, offset: number, crypto: SpvCrypto): PartLine | LineFault {
  const text = utf8Text(bytes);
  const part = partOf(text ?? "");
  if (text === null) return { line, part, reason: "its bytes are not UTF-8" };
  const match = linePattern.exec(text);
  if (match === null) return { line, part, reason: "it is not `part hash content`" };
  const [, name = "", sha256 = "", content = ""] = match;
  if (lineHash(name, content, crypto) === sha256) return { line, part: name, sha256, content, offset };
  if (bytes.at(-1) === CARRIAGE_RETURN) {
    return { line, part, reason: "it ends with a carriage return: line endings were converted" };
  }
  return { line, part, reason: "its content does not match its hash" };
}

function partOf(text: string): string {
  return partPattern.exec(text)?.[0] ?? "";
}

/** The part's name is hashed too: content cannot be moved into another kind of part. */
function lineHash(part: string, content: string, crypto: SpvCrypto): string {
  return bytesToHex(crypto.sha256(utf8Bytes(`${part} ${content}`)));
}
