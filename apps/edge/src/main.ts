import { runApp } from "@p4/app";
import { startEdge } from "./start-edge.ts";

await runApp("edge", startEdge);
