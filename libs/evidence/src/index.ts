export { anchoredHead, anchorProof, anchorProofFault, anchorProofs } from "./anchor/anchor.ts";
export type { Anchor, AnchorProof, SignedRoot } from "./anchor/anchor.ts";
export { createAnchor, type AnchorInput } from "./anchor/create-anchor.ts";
export { readAnchor } from "./anchor/read-anchor.ts";
export { appendAnchor, appendCountersignature, evidenceHead } from "./attach.ts";
export type { CountersignedHead } from "./checks/check-tail.ts";
export { copyClassText, type StampedEvent } from "./copy-classes.ts";
export { createEvidence, type EvidenceInput } from "./create-evidence.ts";
export { evidenceErrors, EvidenceError, isEvidenceError, type EvidenceErrorCode } from "./errors.ts";
export { durabilityClasses } from "./evidence-contents.ts";
export type {
  ChannelHead,
  DurabilityClass,
  EvidenceBlock,
  EvidenceEvent,
  EvidenceHeader,
  EvidenceManifest,
  KeySignature,
} from "./evidence-contents.ts";
export { evidenceFormatVersion, type EvidenceFile, type Part } from "./evidence-file.ts";
export { checkTitles } from "./report.ts";
export type { CheckCode, CheckStatus, EvidenceCheck, EvidenceReport, EvidenceVerdict } from "./report.ts";
export { countersignHead, isPublicKey, isSignedBy, publicKeyOf, signStatement } from "./signing.ts";
export { verifyEvidence, type VerifyEvidenceOptions } from "./verify-evidence.ts";
export { renderEvidenceHtml } from "./html/render-evidence-html.ts";
