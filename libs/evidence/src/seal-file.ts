import { bytesToHex, type SpvCrypto } from "@p4/spv";
import { formatLine, type PartLine } from "./part-line.ts";
import { PartShapeError, readPartJson } from "./part-json.ts";
import { utf8Bytes } from "./text-bytes.ts";

/** The last line of every file: how many lines are before it, and the hash of all their bytes. */
export function sealFile(lines: readonly string[], crypto: SpvCrypto): string {
  const text = lines.join("");
  const end = { lines: lines.length, sha256: bytesToHex(crypto.sha256(utf8Bytes(text))) };
  return text + formatLine("end", JSON.stringify(end), crypto);
}

export interface PlacedFault {
  readonly line: number;
  readonly reason: string;
}

/** Null when the last line, and only that, is an end line. */
export function endFault(lines: readonly PartLine[]): PlacedFault | null {
  const last = lines.at(-1);
  if (last === undefined) return { line: 1, reason: "the file is empty" };
  const end = lines.find(({ part }) => part === "end");
  if (end === undefined) {
    return { line: last.line, reason: "the file stops here without its end line: half-written or cut" };
  }
  return end === last ? null : { line: end.line + 1, reason: "there are lines after the end line" };
}

/** Null when the end line, which must be the last, closes the file rightly. */
export function sealFault(lines: readonly PartLine[], bytes: Uint8Array, crypto: SpvCrypto): PlacedFault | null {
  const end = lines.at(-1);
  if (end === undefined) return { line: 1, reason: "the file is empty" };
  const { line } = end;
  try {
    const fields = readPartJson(end.content);
    const count = fields.count("lines");
    const sha256 = fields.hash("sha256");
    fields.end();
    if (count !== line - 1) {
      return { line, reason: `the end line counts ${count} lines before it, there are ${line - 1}` };
    }
    const actual = bytesToHex(crypto.sha256(bytes.subarray(0, end.offset)));
    return sha256 === actual ? null : { line, reason: "the end line's hash is not that of the lines before it" };
  } catch (error) {
    if (error instanceof PartShapeError) return { line, reason: error.message };
    throw error;
  }
}
