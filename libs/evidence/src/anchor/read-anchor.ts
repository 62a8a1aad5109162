import { isChannelId } from "@p4/protocol";
import { sdkCrypto, type SpvCrypto } from "@p4/spv";
import { EvidenceError } from "../errors.ts";
import type { ChannelHead } from "../evidence-contents.ts";
import { newerVersion } from "../format-version.ts";
import { PartShapeError, readPartJson, type PartFields } from "../part-json.ts";
import { readLines } from "../part-line.ts";
import { endFault, sealFault } from "../seal-file.ts";
import { isSignedBy } from "../signing.ts";
import { anchorStatement } from "../statements.ts";
import { utf8Bytes } from "../text-bytes.ts";
import type { Anchor, SignedRoot } from "./anchor.ts";
import { anchorFormatVersion } from "./create-anchor.ts";
import { leafHash, rootOf, treeLevels } from "./head-tree.ts";

const leafPattern = /^([A-Za-z0-9_-]{1,64}) (0|[1-9]\d{0,15}) ([0-9a-f]{64})$/;

/**
 * Reads an anchor file and verifies it wholly: every line, the root, the signature. Whose key it is, the caller decides.
 * Give the file's bytes, not a text that was decoded leniently.
 *
 * @throws EvidenceError ANCHOR_DAMAGED with the line, ANCHOR_TOO_NEW.
 */
export function readAnchor(file: Uint8Array | string, crypto: SpvCrypto = sdkCrypto): Anchor {
  const bytes = typeof file === "string" ? utf8Bytes(file) : file;
  const newer = newerVersion(bytes, "p4a", anchorFormatVersion);
  if (newer !== null) throw new EvidenceError("ANCHOR_TOO_NEW", `version ${newer}`);
  const { lines, faults } = readLines(bytes, crypto);
  const fault = faults[0] ?? endFault(lines) ?? sealFault(lines, bytes, crypto);
  if (fault !== null) throw damaged(fault.line, fault.reason);
  const [first, ...rest] = lines;
  if (first?.part !== `p4a/${anchorFormatVersion}`) throw damaged(1, "it is not the first line of an anchor file");
  const signedRoot = readSignedRoot(first.content);
  const heads = rest.slice(0, -1).map(({ part, content, line }) => readLeaf(part, content, line));
  heads.forEach((head, index) => {
    const previous = heads[index - 1];
    if (previous !== undefined && previous.channelId >= head.channelId) {
      throw damaged(index + 2, "channels must be in order, each once");
    }
  });
  const leaves = heads.map((head) => leafHash(head, crypto));
  if (leaves.length !== signedRoot.leafCount || rootOf(treeLevels(leaves, crypto)) !== signedRoot.root) {
    throw damaged(1, "the root is not that of the heads below it");
  }
  if (!isSignedBy(anchorStatement(signedRoot), signedRoot, crypto)) {
    throw damaged(1, "the signature does not verify over the root");
  }
  return { signedRoot, heads };
}

/** Throws PartShapeError. */
export function signedRootOf(fields: PartFields): SignedRoot {
  const signedRoot = {
    anchoredAtMs: fields.count("anchoredAtMs"),
    leafCount: fields.count("leafCount"),
    root: fields.hash("root"),
    publicKey: fields.text("publicKey", /^0[23][0-9a-f]{64}$/, "a compressed public key"),
    signature: fields.text("signature", /^[0-9a-f]+$/, "hex"),
  };
  fields.end();
  return signedRoot;
}

function readSignedRoot(content: string): SignedRoot {
  try {
    return signedRootOf(readPartJson(content));
  } catch (error) {
    if (error instanceof PartShapeError) throw damaged(1, error.message);
    throw error;
  }
}

function readLeaf(part: string, content: string, line: number): ChannelHead {
  const match = part === "head" ? leafPattern.exec(content) : null;
  const [, channelId = "", version = "", headHash = ""] = match ?? [];
  if (match === null || !isChannelId(channelId))
    throw damaged(line, "it is not `head channelId streamVersion headHash`");
  return { channelId, streamVersion: Number(version), headHash };
}

function damaged(line: number, reason: string): EvidenceError {
  return new EvidenceError("ANCHOR_DAMAGED", `line ${line}: ${reason}`);
}
