import type { HeaderPolicy, HeaderSource, SignaturePolicy, SpvCrypto } from "@p4/spv";

/** How callbacks are judged. */
export interface ProofRules {
  readonly signaturePolicy: SignaturePolicy;
  /** Whether ARC's callbacks, which nothing signs, may come: a callback token vouches for them, or no signature is asked for. */
  readonly takesUnsignedArc: boolean;
  readonly headerPolicy: HeaderPolicy;
  readonly headers: HeaderSource;
  /** Whether there is a source to ask: with one, a proof settles nothing before its block is known there. */
  readonly awaitsHeaders: boolean;
  readonly crypto: SpvCrypto;
}
