import type { SpvCrypto } from "@p4/spv";
import { checkManifest } from "./check-manifest.ts";
import { evidenceFormatVersion, type EvidenceFile, type Part } from "./evidence-file.ts";
import { newerVersion } from "./format-version.ts";
import { readAnchorProof, readBlock, readEvent, readHeader, readKeySignature, readManifest } from "./part-contents.ts";
import { PartShapeError } from "./part-json.ts";
import { readLines, type LineFault, type PartLine } from "./part-line.ts";
import { orderFault, partLabel, type PartName } from "./part-order.ts";
import { failed, type EvidenceCheck } from "./report.ts";
import { endFault, sealFault } from "./seal-file.ts";

export type ReadEvidence =
  | { readonly ok: true; readonly file: EvidenceFile; readonly lines: readonly PartLine[] }
  | { readonly ok: false; readonly checks: readonly EvidenceCheck[] };

/** Accounts for every byte: version, each line's hash, the end line, the order of parts, their shape, the manifest. */
export function readEvidence(bytes: Uint8Array, crypto: SpvCrypto): ReadEvidence {
  const newer = newerVersion(bytes, "p4e", evidenceFormatVersion);
  if (newer !== null) {
    const statement = `The file was written by a newer version (${newer}); this verifier knows version ${evidenceFormatVersion}.`;
    return { ok: false, checks: [failed("FORMAT", statement, { line: 1, part: "header" })] };
  }
  const { lines, faults } = readLines(bytes, crypto);
  if (faults.length > 0) return { ok: false, checks: faults.map(damagedPart) };
  const labels = labelsOf(lines);
  const placeOf = (line: number) => ({ line, part: labels[line - 1] ?? "nothing" });
  try {
    const manifestAt = lines.findIndex(({ part }) => part === "manifest");
    const manifestLine = lines[manifestAt];
    if (manifestLine !== undefined) {
      const manifest = shaped(manifestLine, labels, readManifest).value;
      const moved = checkManifest(manifest, lines.slice(0, manifestAt), ({ line }) => labels[line - 1] ?? "");
      if (moved.length > 0) return { ok: false, checks: moved };
    }
    const fault = endFault(lines) ?? orderFault(lines) ?? sealFault(lines, bytes, crypto);
    if (fault !== null) {
      return { ok: false, checks: [failed("PARTS", sentence(fault.reason), placeOf(fault.line))] };
    }
    return { ok: true, file: fileOf(lines, labels), lines };
  } catch (error) {
    if (error instanceof DamagedPartError) return { ok: false, checks: [error.check] };
    throw error;
  }
}

class DamagedPartError extends Error {
  readonly check: EvidenceCheck;

  constructor(check: EvidenceCheck) {
    super(check.statement);
    this.check = check;
  }
}

function fileOf(lines: readonly PartLine[], labels: readonly string[]): EvidenceFile {
  const all = <Value>(part: PartName, read: (content: string) => Value): Part<Value>[] =>
    lines.filter((line) => line.part === part).map((line) => shaped(line, labels, read));
  // The order of parts has been checked: these three are there once.
  const one = <Value>(part: PartName, read: (content: string) => Value) => all(part, read)[0] as Part<Value>;
  return {
    header: one("p4e/1", readHeader),
    events: all("event", readEvent),
    blocks: all("block", readBlock),
    manifest: one("manifest", readManifest),
    manifestSha256: lines.find(({ part }) => part === "manifest")?.sha256 ?? "",
    signature: one("signature", readKeySignature),
    countersignatures: all("countersignature", readKeySignature),
    anchors: all("anchor", readAnchorProof),
  };
}

function shaped<Value>(line: PartLine, labels: readonly string[], read: (content: string) => Value): Part<Value> {
  const place = { line: line.line, part: labels[line.line - 1] ?? line.part };
  try {
    return { ...place, value: read(line.content) };
  } catch (error) {
    if (!(error instanceof PartShapeError)) throw error;
    throw new DamagedPartError(failed("PARTS", `This part breaks the format: ${error.message}.`, place));
  }
}

function labelsOf(lines: readonly PartLine[]): readonly string[] {
  const counts = new Map<string, number>();
  return lines.map((line) => {
    const count = (counts.get(line.part) ?? 0) + 1;
    counts.set(line.part, count);
    return partLabel(line, count);
  });
}

function damagedPart({ line, part, reason }: LineFault): EvidenceCheck {
  const name = part === "p4e/1" || line === 1 ? "header" : part === "" ? "unreadable part" : part;
  return failed("PARTS", `This part is damaged: ${reason}.`, { line, part: name });
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
