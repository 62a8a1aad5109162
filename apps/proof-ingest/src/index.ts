export { startProofIngest } from "./start-proof-ingest.ts";
