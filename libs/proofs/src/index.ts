export {
  proofRoutes,
  type ProofRequest,
  type ProofResponse,
  type ProofRoute,
  type ProofRouteOptions,
} from "./proof-routes.ts";
export { recordCallback, type IncomingCallback, type RefusedEntry } from "./record-callback.ts";
export type { RecordServices } from "./record-services.ts";
export type { ProofRules } from "./proof-rules.ts";
export { HeaderWatch } from "./header-watch.ts";
export { WaitingProofs } from "./waiting-proofs.ts";
export { ProofStore, type NewsOrigin } from "./proof-store.ts";
export type { ProofDocument, ProofNotice, StoredProof } from "./proof-document.ts";
export { presentDocument, proofStates, type ProofState } from "./proof-states.ts";
export { isProofError, ProofError, proofErrors } from "./errors.ts";
