export { type BlockHeader, HEADER_BYTES, meetsOwnTarget, parseBlockHeader } from "./block-header.ts";
export { type JsonEnvelope, parseEnvelope } from "./envelope.ts";
export { isSpvError, SPV_ERRORS, SpvError, type SpvErrorClass, type SpvErrorCode } from "./errors.ts";
export {
  answerFromHeader,
  type BlockClaim,
  blockClaimOf,
  type HeaderAnswer,
  type HeaderSource,
  NO_HEADERS,
} from "./header-source.ts";
export { type HeaderPolicy, type HeaderVerdict, judgeHeader } from "./judge-header.ts";
export {
  type MapiCallback,
  type MapiDoubleSpendCallback,
  type MapiMerkleProofCallback,
  parseMapiCallback,
} from "./mapi-callback.ts";
export { merkleParent } from "./merkle-branch.ts";
export { type ProofCallbackOptions, type VerifiedProofCallback, verifyProofCallback } from "./proof-callback.ts";
export type { ProvenTransaction } from "./proven-transaction.ts";
export { sdkCrypto } from "./sdk-crypto.ts";
export { signEnvelope } from "./sign-envelope.ts";
export { hash256, type SpvCrypto } from "./spv-crypto.ts";
export { type JsonLimits, type JsonObject, parseStrictJson, parseStrictJsonObject } from "./strict-json.ts";
export {
  MAX_TRANSACTION_BYTES,
  parseTransaction,
  parseTransactionHex,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
} from "./transaction.ts";
export { parseTscProof, type TscProof, type TscTarget } from "./tsc-proof.ts";
export { parseTxid } from "./txid.ts";
export { type SignaturePolicy, VERIFY_IF_SIGNED, type VerifiedEnvelope, verifyEnvelope } from "./verify-envelope.ts";
export { verifyTscProof } from "./verify-tsc.ts";
