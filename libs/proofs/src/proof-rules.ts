import type { HeaderPolicy, HeaderSource, SignaturePolicy, SpvCrypto } from "@p4/spv";

/** How callbacks are judged. */
export interface ProofRules {
  readonly signaturePolicy: SignaturePolicy;
  readonly headerPolicy: HeaderPolicy;
  readonly headers: HeaderSource;
  readonly crypto: SpvCrypto;
}
