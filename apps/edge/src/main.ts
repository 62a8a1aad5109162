import { runApp } from "@p4/node";
import { startEdge } from "./start-edge.ts";

await runApp("edge", startEdge);
