export { startProofIngest, type ProofIngest, type ProofIngestOptions } from "./start-proof-ingest.ts";
