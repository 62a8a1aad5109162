export {
  type ArcCallback,
  type ArcMerklePath,
  MAX_ARC_BATCH,
  parseArcCallbacks,
  readArcCallbacks,
} from "./arc-callback.ts";
export { beefSubject, isBeef, parseBeef } from "./beef.ts";
export { type BlockHeader, HEADER_BYTES, meetsOwnTarget, parseBlockHeader } from "./block-header.ts";
export { type Bump, type BumpLeaf, parseBump, parseBumpHex } from "./bump.ts";
export { encodeBump, encodeBumpHex } from "./bump-encode.ts";
export { bumpMerkleRoot, verifyBump } from "./bump-root.ts";
export { bytesToDisplayHash, bytesToHex, displayHashToBytes, hexToBytes } from "./bytes.ts";
export { type JsonEnvelope, parseEnvelope } from "./envelope.ts";
export { readMinersNews, type RejectedTransaction, type RevokedProof } from "./miners-news.ts";
export { isSpvError, SPV_ERRORS, SpvError, type SpvErrorCode } from "./errors.ts";
export {
  answerFromHeader,
  type BlockClaim,
  blockClaimOf,
  type HeaderAnswer,
  type HeaderSource,
  NO_HEADERS,
} from "./header-source.ts";
export { type HeaderPolicy, type HeaderVerdict, judgeHeader } from "./judge-header.ts";
export { openMapiAnswer } from "./mapi-answer.ts";
export { type MapiDoubleSpendCallback, type MapiMerkleProofCallback, parseMapiCallback } from "./mapi-callback.ts";
export { type MapiFeeType, type MapiFeeUse, readMapiFee } from "./mapi-fee.ts";
export { type MapiSubmission, readMapiSubmission } from "./mapi-submission.ts";
export { merkleParent } from "./merkle-branch.ts";
export { paymentTransactionId, subjectTransaction } from "./payment-transaction-id.ts";
export { MAX_PAYMENT_TRANSACTIONS, paymentTransactionIds, transactionIdsOf } from "./payment-transaction-ids.ts";
export { type VerifiedProofCallback, verifyProofCallback } from "./proof-callback.ts";
export type { ProvenTransaction } from "./proven-transaction.ts";
export { sdkCrypto } from "./sdk-crypto.ts";
export { signEnvelope } from "./sign-envelope.ts";
export { hash256, type SpvCrypto } from "./spv-crypto.ts";
export { type JsonObject, parseStrictJson, parseStrictJsonObject } from "./strict-json.ts";
export {
  MAX_TRANSACTION_BYTES,
  parseTransaction,
  parseTransactionHex,
  type Transaction,
  type TransactionInput,
  type TransactionOutline,
  type TransactionOutput,
} from "./transaction.ts";
export { encodeTscBinary, parseTscBinary } from "./tsc-binary.ts";
export { bumpToTsc, tscToBump } from "./tsc-bump.ts";
export { type TscProofJson, tscProofToJson } from "./tsc-encode.ts";
export { parseTscProof, type TscProof, type TscTarget } from "./tsc-proof.ts";
export { parseTxid } from "./txid.ts";
export {
  type SignaturePolicy,
  trustedKeys,
  VERIFY_IF_SIGNED,
  type VerifiedEnvelope,
  verifyEnvelope,
} from "./verify-envelope.ts";
export { verifyTscProof } from "./verify-tsc.ts";
export { type FeeRate, type PaymentRules, type VerifiedPayment, verifyPayment } from "./verify-payment.ts";
