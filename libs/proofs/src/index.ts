export {
  proofRoutes,
  type ProofRequest,
  type ProofResponse,
  type ProofRoute,
  type ProofRouteOptions,
} from "./proof-routes.ts";
export { recordCallback, type IncomingCallback, type ProofRules, type ProofServices } from "./record-callback.ts";
export { ProofStore } from "./proof-store.ts";
export type { ProofDocument, ProofNotice, StoredProof } from "./proof-document.ts";
export { presentDocument, proofStates, type ProofState } from "./proof-states.ts";
export { isProofError, ProofError, proofErrors, type ProofErrorCode } from "./errors.ts";
