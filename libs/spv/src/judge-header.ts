import type { SpvErrorCode } from "./errors.ts";
import type { BlockClaim, HeaderAnswer } from "./header-source.ts";

export type HeaderPolicy = "accept-unknown" | "require";

export type HeaderVerdict =
  | { readonly kind: "verified"; readonly blockHash?: string; readonly blockHeight?: number }
  /** Kept and relayed, but its block is not known yet. */
  | { readonly kind: "received" }
  | { readonly kind: "refused"; readonly code: SpvErrorCode; readonly reason: string }
  /** 503 with Retry-After: the sender tries again. */
  | { readonly kind: "retry-later"; readonly code: SpvErrorCode; readonly reason: string };

/** Turns what the header source said into what becomes of the proof. */
export function judgeHeader(claim: BlockClaim, answer: HeaderAnswer, policy: HeaderPolicy): HeaderVerdict {
  switch (answer.kind) {
    case "confirmed": {
      const blockHash = answer.blockHash ?? claim.blockHash;
      const blockHeight = answer.blockHeight ?? claim.blockHeight;
      return {
        kind: "verified",
        ...(blockHash !== undefined && { blockHash }),
        ...(blockHeight !== undefined && { blockHeight }),
      };
    }
    case "contradicted":
      return { kind: "refused", code: "SPV_MERKLE_ROOT_MISMATCH", reason: `block: ${answer.reason}` };
    case "unknown":
      if (policy === "accept-unknown") return { kind: "received" };
      return { kind: "retry-later", code: "SPV_HEADER_UNKNOWN", reason: "block: not known to the header source" };
    case "unavailable":
      if (policy === "accept-unknown") return { kind: "received" };
      return { kind: "retry-later", code: "SPV_HEADER_SOURCE_UNAVAILABLE", reason: answer.reason };
  }
}
