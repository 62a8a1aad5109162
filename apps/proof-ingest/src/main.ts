import { runApp } from "@p4/node";
import { startProofIngest } from "./start-proof-ingest.ts";

await runApp("proof-ingest", startProofIngest);
