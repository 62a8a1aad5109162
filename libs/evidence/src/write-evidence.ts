import type { SpvCrypto } from "@p4/spv";
import type { EvidenceBlock, EvidenceEvent, EvidenceHeader, EvidenceManifest } from "./evidence-contents.ts";
import { evidenceFormatVersion } from "./evidence-file.ts";
import { formatEvent } from "./part-contents.ts";
import { formatLine } from "./part-line.ts";
import { sealFile } from "./seal-file.ts";
import { signStatement } from "./signing.ts";
import { manifestStatement } from "./statements.ts";

export interface EvidenceToWrite {
  readonly header: EvidenceHeader;
  readonly events: readonly EvidenceEvent[];
  readonly blocks: readonly EvidenceBlock[];
  readonly outcome: Omit<EvidenceManifest, "parts">;
}

/** Writes and signs whatever it is given: what may be signed is decided by `createEvidence`. */
export function writeEvidence(evidence: EvidenceToWrite, privateKeyHex: string, crypto: SpvCrypto): string {
  const { header, events, blocks, outcome } = evidence;
  const lines = [
    formatLine(`p4e/${evidenceFormatVersion}`, JSON.stringify(header), crypto),
    ...events.map((event) => formatLine("event", formatEvent(event), crypto)),
    ...blocks.map(({ header: bytes, height, source }) =>
      formatLine("block", JSON.stringify({ header: bytes, height, source }), crypto),
    ),
  ];
  const parts = lines.map((line) => line.split(" ", 2));
  const manifest = formatLine("manifest", JSON.stringify({ ...outcome, parts }), crypto);
  const [, manifestSha256 = ""] = manifest.split(" ", 2);
  const signature = signStatement(manifestStatement(manifestSha256), privateKeyHex);
  return sealFile([...lines, manifest, formatLine("signature", JSON.stringify(signature), crypto)], crypto);
}
