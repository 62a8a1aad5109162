import {
  blockClaimOf,
  type HeaderSource,
  isSpvError,
  judgeHeader,
  parseArcCallbacks,
  parseStrictJsonObject,
  type ProvenTransaction,
  type SpvCrypto,
  SpvError,
  VERIFY_IF_SIGNED,
  verifyProofCallback,
} from "@p4/spv";

/** What this wallet itself could establish about a `proof.create`, without believing the server. */
export interface CheckedProof {
  readonly txid: string;
  readonly merkleRoot: string;
  readonly blockHash: string | null;
  readonly blockHeight: number | null;
  /** Public key of the miner that signed; null when unsigned. */
  readonly signer: string | null;
  /** `confirmed`: a header source that was asked knows the block with this root. */
  readonly header: "confirmed" | "unknown" | "not asked";
}

export type ProofVerdict =
  { readonly ok: true; readonly proof: CheckedProof } | { readonly ok: false; readonly reason: string };

/** Checks the signature, the Merkle branch up to its root and, with a header source, that root. */
export async function checkProof(
  bodyText: string,
  txid: string,
  headers: HeaderSource | null,
  crypto: SpvCrypto,
): Promise<ProofVerdict> {
  try {
    const { proven, signer, blockHash, blockHeight } = readProof(bodyText, txid, crypto);
    const claim = blockClaimOf(proven, {
      ...(blockHash === undefined ? {} : { blockHash }),
      ...(blockHeight === undefined ? {} : { blockHeight }),
    });
    const proof = {
      txid,
      merkleRoot: proven.merkleRoot,
      blockHash: claim.blockHash ?? null,
      blockHeight: claim.blockHeight ?? null,
      signer,
    };
    if (headers === null) return { ok: true, proof: { ...proof, header: "not asked" } };
    const verdict = judgeHeader(claim, await headers.lookup(claim), "accept-unknown");
    if (verdict.kind === "refused" || verdict.kind === "retry-later") return { ok: false, reason: verdict.reason };
    if (verdict.kind === "received") return { ok: true, proof: { ...proof, header: "unknown" } };
    const { blockHash: hash = proof.blockHash, blockHeight: height = proof.blockHeight } = verdict;
    return { ok: true, proof: { ...proof, blockHash: hash, blockHeight: height, header: "confirmed" } };
  } catch (error) {
    if (isSpvError(error)) return { ok: false, reason: error.message };
    throw error;
  }
}

interface ReadProof {
  readonly proven: ProvenTransaction;
  readonly signer: string | null;
  readonly blockHash?: string | undefined;
  readonly blockHeight?: number | undefined;
}

/** mAPI sends a signed envelope, ARC a bare status with a Merkle path. */
function readProof(bodyText: string, txid: string, crypto: SpvCrypto): ReadProof {
  if (isArcCallback(bodyText)) {
    const mined = parseArcCallbacks(bodyText, crypto).find(({ txid: id, path }) => id === txid && path !== null);
    if (!mined?.path) throw noProof("is an ARC callback without a block for it");
    const { blockHash, blockHeight } = mined;
    return { proven: mined.path.proven, signer: null, blockHash, blockHeight };
  }
  const verified = verifyProofCallback(bodyText, { expectedTxid: txid, policy: VERIFY_IF_SIGNED, crypto });
  if (verified.kind !== "merkle-proof") throw noProof("tells of a double spend");
  return { proven: verified.proven, signer: verified.signer, ...verified.claim };
}

function isArcCallback(bodyText: string): boolean {
  const body = parseStrictJsonObject(bodyText, "proof");
  return "txStatus" in body || "callbacks" in body;
}

function noProof(reason: string): SpvError {
  return new SpvError("SPV_CALLBACK_INVALID", `proof: ${reason}`);
}
