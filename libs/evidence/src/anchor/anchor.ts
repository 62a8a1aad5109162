import type { SpvCrypto } from "@p4/spv";
import type { ChannelHead, KeySignature } from "../evidence-contents.ts";
import { isSignedBy } from "../signing.ts";
import { anchorStatement } from "../statements.ts";
import { climb, leafHash, leafText, pathOf, treeLevels } from "./head-tree.ts";

/** The heads of all channels at one time, as one signed hash. Small enough to be published. */
export interface SignedRoot extends KeySignature {
  readonly anchoredAtMs: number;
  readonly leafCount: number;
  readonly root: string;
}

/** An anchor file that has been read and verified: the root is that of the heads, the signature is of the root. */
export interface Anchor {
  readonly signedRoot: SignedRoot;
  /** Ordered by channel id, compared by UTF-16 units; one head a channel. */
  readonly heads: readonly ChannelHead[];
}

/** That one head is under a signed root. */
export interface AnchorProof {
  readonly signedRoot: SignedRoot;
  readonly head: ChannelHead;
  readonly index: number;
  /** Neighbours from the leaf upwards, hex. */
  readonly path: readonly string[];
}

/** The head that an anchor has for a channel; undefined when it has none. */
export function anchoredHead({ heads }: Anchor, channelId: string): ChannelHead | undefined {
  return heads.find((head) => head.channelId === channelId);
}

/** Null when the anchor does not name the channel. Hashes the whole tree: build many proofs with `anchorProofs`. */
export function anchorProof(anchor: Anchor, channelId: string, crypto: SpvCrypto): AnchorProof | null {
  return anchorProofs(anchor, crypto)(channelId);
}

/** Hashes the tree once, then proves as many channels as are asked for. */
export function anchorProofs(anchor: Anchor, crypto: SpvCrypto): (channelId: string) => AnchorProof | null {
  const { signedRoot, heads } = anchor;
  const places = new Map(heads.map((head, index) => [head.channelId, index]));
  const levels = treeLevels(
    heads.map((head) => leafHash(head, crypto)),
    crypto,
  );
  return (channelId) => {
    const index = places.get(channelId);
    const head = index === undefined ? undefined : heads[index];
    if (index === undefined || head === undefined) return null;
    return { signedRoot, head, index, path: pathOf(levels, index) };
  };
}

/** Null when the head is under the root and the root is signed; else what is wrong. */
export function anchorProofFault(proof: AnchorProof, crypto: SpvCrypto): string | null {
  const { signedRoot, head, index, path } = proof;
  const place = { index, leafCount: signedRoot.leafCount, path };
  if (climb(leafHash(head, crypto), place, crypto) !== signedRoot.root) {
    return `the path of "${leafText(head)}" does not lead to the root ${signedRoot.root}`;
  }
  return isSignedBy(anchorStatement(signedRoot), signedRoot, crypto) ? null : "the root's signature does not verify";
}
