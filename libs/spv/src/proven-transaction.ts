import type { BlockHeader } from "./block-header.ts";

/** What a Merkle proof of any form shows by itself. Hashes as shown, lower case. */
export interface ProvenTransaction {
  readonly txid: string;
  readonly merkleRoot: string;
  /** Position in the block, from 0. */
  readonly index: number;
  readonly isLastInTree?: boolean;
  readonly blockHash?: string;
  readonly blockHeight?: number;
  /** Present when the proof brought its own header: proof of work was checked, membership of the chain was not. */
  readonly header?: BlockHeader;
}
