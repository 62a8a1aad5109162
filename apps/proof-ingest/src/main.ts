import { runApp } from "@p4/app";
import { startProofIngest } from "./start-proof-ingest.ts";

await runApp("proof-ingest", startProofIngest);
