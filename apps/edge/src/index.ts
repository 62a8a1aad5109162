export { startEdge, type Edge } from "./start-edge.ts";
export { joinErrorList, messageErrorList } from "./errors.ts";
