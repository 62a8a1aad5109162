export { defaultCacheDir } from "./binary-cache.ts";
export { NatsServerError, isNatsServerError, type NatsServerErrorCode } from "./errors.ts";
export { findNatsServer } from "./find-nats-server.ts";
export type { NatsServerProcess } from "./nats-server-process.ts";
export { repositoryNatsConf } from "./repository-config.ts";
export { siteConfig, type GuardedFiles } from "./site-config.ts";
export { spawnBound } from "./spawn-bound.ts";
export { startNatsServer } from "./start-nats-server.ts";
