export { startProofIngest, type ProofIngest } from "./start-proof-ingest.ts";
