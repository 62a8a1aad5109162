export { startEdge, type Edge } from "./start-edge.ts";
export type { EdgeOptions } from "./edge-options.ts";
export { joinErrorList, messageErrorList } from "./errors.ts";
