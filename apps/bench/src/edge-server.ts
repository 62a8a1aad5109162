import { loadConfig } from "@p4/config";
import { startEdge } from "@p4/edge";
import { createLogger } from "@p4/telemetry";
import { EdgeProbe } from "./edge-probe.ts";
import { isSteadyChannel } from "./steady-load.ts";

/** The edge as it is deployed, in a process of its own so that its CPU can be told from the client's. */
const [natsUrl = "", settings = "{}"] = process.argv.slice(2);
const more = JSON.parse(settings) as Record<string, string>;
const config = loadConfig({ P4_PORT: "0", P4_LOG_LEVEL: "warn", P4_CHANNEL_TTL: "1h", ...more });
const logger = createLogger({ level: config.logLevel, name: "edge" });
const probe = new EdgeProbe();
const edge = await startEdge({
  config,
  logger,
  natsUrl,
  wrap: ({ log, feed }) => ({ log: probe.watch(log, isSteadyChannel), feed }),
});
// Memory is compared after a collection: node --expose-gc.
process.on("SIGUSR2", () => globalThis.gc?.());
process.on("message", () => process.send?.(probe.take()));
process.send?.({ port: edge.port });
process.once("disconnect", () => void edge.close().then(() => process.exit(0)));
