export { type ArcCallback, type ArcMerklePath, parseArcCallbacks, readArcCallbacks } from "./arc-callback.ts";
export { isBeef, parseBeef } from "./beef.ts";
export { type BlockHeader, HEADER_BYTES, meetsOwnTarget, parseBlockHeader } from "./block-header.ts";
export { parseBump, parseBumpHex } from "./bump.ts";
export { encodeBump, encodeBumpHex } from "./bump-encode.ts";
export { verifyBump } from "./bump-root.ts";
export { bytesToDisplayHash, bytesToHex, displayHashToBytes, hexToBytes } from "./bytes.ts";
export { type JsonEnvelope, parseEnvelope } from "./envelope.ts";
export { readMinersNews, type RejectedTransaction, type RevokedProof } from "./miners-news.ts";
export { isSpvError, SPV_ERRORS, SpvError } from "./errors.ts";
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
export { type MapiFeeType, readMapiFee } from "./mapi-fee.ts";
export { type MapiSubmission, readMapiSubmission } from "./mapi-submission.ts";
export { merkleParent } from "./merkle-branch.ts";
export { paymentTransactionId, subjectTransaction } from "./payment-transaction-id.ts";
export { paymentTransactionIds, transactionIdsOf } from "./payment-transaction-ids.ts";
export { type VerifiedProofCallback, verifyProofCallback, verifyReadCallback } from "./proof-callback.ts";
export type { ProvenTransaction } from "./proven-transaction.ts";
export { sdkCrypto } from "./sdk-crypto.ts";
export { signEnvelope } from "./sign-envelope.ts";
export { hash256, type SpvCrypto } from "./spv-crypto.ts";
export { type JsonObject, parseStrictJson, parseStrictJsonObject } from "./strict-json.ts";
export {
  parseTransaction,
  parseTransactionHex,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
} from "./transaction.ts";
export { bumpToTsc, tscToBump } from "./tsc-bump.ts";
export { type TscProofJson, tscProofToJson } from "./tsc-encode.ts";
export { parseTscProof, type TscProof } from "./tsc-proof.ts";
export { parseTxid } from "./txid.ts";
export { type SignaturePolicy, trustedKeys, VERIFY_IF_SIGNED, verifyEnvelope } from "./verify-envelope.ts";
export { verifyTscProof } from "./verify-tsc.ts";
export { type FeeRate, type VerifiedPayment, verifyPayment } from "./verify-payment.ts";
