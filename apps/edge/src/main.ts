import { runApp } from "@p4/app";
import { startEdge } from "./start-edge.ts";
import { startStandIn } from "./start-stand-in.ts";

await runApp("edge", startEdge, { standIn: startStandIn });
