import { answerFromHeader, type BlockClaim, type BlockHeader, type HeaderAnswer } from "@p4/spv";

export interface IndexedHeader {
  readonly header: BlockHeader;
  readonly blockHeight?: number;
}

/** Headers by hash and by Merkle root. Heights only label them: a file may hold both sides of a fork. */
export class HeaderIndex {
  readonly #byHash = new Map<string, IndexedHeader>();
  readonly #byRoot = new Map<string, IndexedHeader>();

  add(indexed: IndexedHeader): void {
    this.#byHash.set(indexed.header.hash, indexed);
    this.#byRoot.set(indexed.header.merkleRoot, indexed);
  }

  lookup(claim: BlockClaim): HeaderAnswer {
    const known =
      claim.blockHash === undefined ? this.#byRoot.get(claim.merkleRoot) : this.#byHash.get(claim.blockHash);
    return answerFromHeader(claim, known ?? null);
  }
}
