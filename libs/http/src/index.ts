export { ByteBudget, tooManyBytes, type ByteRates } from "./byte-budget.ts";
export { cors } from "./cors.ts";
export { HttpServerError } from "./errors.ts";
export type { HttpRequest, HttpResponse, HttpRoute, StreamWriter } from "./http-route.ts";
export { jsonFields } from "./json-fields.ts";
export { json, problem, type Problem } from "./responses.ts";
export { SendQueues } from "./send-queues.ts";
export { startServer, type CloseOptions, type HttpServer } from "./server.ts";
export { upgradeErrors } from "./upgrade-limits.ts";
export type { UpgradeHead, UpgradeRefusal } from "./upgrade-refusal.ts";
export { TokenBucket, TokenBuckets } from "./token-bucket.ts";
export {
  closeCodes,
  type UpgradeAnswer,
  type UpgradeDecision,
  type WebSocketConnection,
  type WebSocketRoute,
} from "./web-socket-route.ts";
