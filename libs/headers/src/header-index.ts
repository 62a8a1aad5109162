import { answerFromHeader, type BlockClaim, type BlockHeader, type HeaderAnswer } from "@p4/spv";
import { otherRootAt } from "./settled-height.ts";

export interface IndexedHeader {
  readonly header: BlockHeader;
  readonly blockHeight?: number;
}

/** Headers by hash, by Merkle root and by height. A file may hold both sides of a fork: two headers of one height. */
export class HeaderIndex {
  readonly #byHash = new Map<string, IndexedHeader>();
  readonly #byRoot = new Map<string, IndexedHeader>();
  readonly #heights = new Set<number>();
  #tip = -1;

  add(indexed: IndexedHeader): void {
    const { header, blockHeight } = indexed;
    this.#byHash.set(header.hash, indexed);
    this.#byRoot.set(header.merkleRoot, indexed);
    if (blockHeight === undefined) return;
    this.#heights.add(blockHeight);
    this.#tip = Math.max(this.#tip, blockHeight);
  }

  lookup(claim: BlockClaim): HeaderAnswer {
    const { merkleRoot, blockHash, blockHeight } = claim;
    const withRoot = this.#byRoot.get(merkleRoot);
    const known = blockHash === undefined ? withRoot : this.#byHash.get(blockHash);
    if (known !== undefined) return answerFromHeader(claim, known);
    const isOtherRoot = withRoot === undefined && blockHeight !== undefined && this.#heights.has(blockHeight);
    return isOtherRoot ? otherRootAt(blockHeight, this.#tip) : { kind: "unknown" };
  }
}
