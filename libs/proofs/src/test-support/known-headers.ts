import {
  answerFromHeader,
  hexToBytes,
  parseBlockHeader,
  sdkCrypto,
  type BlockHeader,
  type HeaderSource,
} from "@p4/spv";

export interface KnownHeaders extends HeaderSource {
  /** Makes a header known. */
  add(header: Pick<BlockHeader, "hash" | "merkleRoot">, blockHeight?: number): void;
  addHex(headerHex: string): void;
  /** The block leaves the chain. */
  remove(hash: string): void;
  /** Of each lookup, whether a remembered answer would have done. */
  readonly asked: boolean[];
  away: boolean;
}

export function knownHeaders(): KnownHeaders {
  let known: { header: BlockHeader; blockHeight?: number }[] = [];
  const add: KnownHeaders["add"] = (header, blockHeight) =>
    known.push({ header: header as BlockHeader, ...(blockHeight === undefined ? {} : { blockHeight }) });
  return {
    away: false,
    add,
    addHex: (hex) => add(parseBlockHeader(hexToBytes(hex, "header"), sdkCrypto)),
    remove: (hash) => (known = known.filter(({ header }) => header.hash !== hash)),
    asked: [],
    async lookup(claim, { fresh = false } = {}) {
      this.asked.push(!fresh);
      if (this.away) return { kind: "unavailable", reason: "header source: away" };
      const { blockHash, merkleRoot } = claim;
      const found = known.find(({ header }) =>
        blockHash === undefined ? header.merkleRoot === merkleRoot : header.hash === blockHash,
      );
      return answerFromHeader(claim, found ?? null);
    },
  };
}
