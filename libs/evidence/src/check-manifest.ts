import type { EvidenceManifest } from "./evidence-contents.ts";
import type { PartLine } from "./part-line.ts";
import { failed, type EvidenceCheck } from "./report.ts";

/** Compares the parts before the manifest with its list, and names what was removed, added, doubled or moved. */
export function checkManifest(
  manifest: EvidenceManifest,
  before: readonly PartLine[],
  labelOf: (line: PartLine) => string,
): readonly EvidenceCheck[] {
  const listed = manifest.parts.map(([part, sha256]) => `${part} ${sha256}`);
  const found = before.map(({ part, sha256 }) => `${part} ${sha256}`);
  if (listed.length === found.length && listed.every((entry, index) => entry === found[index])) return [];
  const spare = new Map<string, number>();
  for (const entry of listed) spare.set(entry, (spare.get(entry) ?? 0) + 1);
  const checks: EvidenceCheck[] = [];
  before.forEach((line, index) => {
    const entry = found[index] as string;
    const left = spare.get(entry);
    const place = { line: line.line, part: labelOf(line) };
    if (left === undefined)
      checks.push(failed("MANIFEST", "This part was added: the list of parts does not have it.", place));
    else if (left === 0)
      checks.push(failed("MANIFEST", "This part is in the file more often than in the list.", place));
    else spare.set(entry, left - 1);
  });
  listed.forEach((entry, index) => {
    if ((spare.get(entry) ?? 0) === 0) return;
    spare.set(entry, 0);
    const part = entry.slice(0, entry.indexOf(" "));
    const statement = `A part was removed: the list has "${part}" with the hash ${entry.slice(part.length + 1)} at line ${index + 1}.`;
    checks.push(failed("MANIFEST", statement, { line: index + 1, part }));
  });
  if (checks.length > 0) return checks;
  const moved = before.findIndex((_, index) => found[index] !== listed[index]);
  const line = before[moved] as PartLine;
  return [
    failed("MANIFEST", "This part is not in its place: parts were moved.", { line: line.line, part: labelOf(line) }),
  ];
}
