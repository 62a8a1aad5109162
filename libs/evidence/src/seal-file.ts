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

/** Null when the file's last line closes it rightly; else what is wrong and in which line. */
export function sealFault(
  lines: readonly PartLine[],
  bytes: Uint8Array,
  crypto: SpvCrypto,
): { readonly line: number; readonly reason: string } | null {
  const last = lines.at(-1);
  if (last === undefined) return { line: 1, reason: "the file is empty" };
  const ends = lines.filter((line) => line.part === "end");
  const first = ends[0];
  if (first === undefined) return { line: last.line, reason: "the file stops here without its end line: half-written or cut" };
  if (first !== last) return { line: first.line + 1, reason: "there are lines after the end line" };
  try {
    const fields = readPartJson(last.content);
    const count = fields.count("lines");
    const sha256 = fields.hash("sha256");
    fields.end();
    if (count !== last.line - 1) {
      return { line: last.line, reason: `the end line counts ${count} lines before it, there are ${last.line - 1}` };
    }
    const actual = bytesToHex(crypto.sha256(bytes.subarray(0, last.offset)));
    return sha256 === actual ? null : { line: last.line, reason: "the end line's hash is not that of the lines before it" };
  } catch (error) {
    if (error instanceof PartShapeError) return { line: last.line, reason: error.message };
    throw error;
  }
}
