export { createHeaderSource } from "./create-header-source.ts";
export type { HeaderSourceConfig } from "./header-source-config.ts";
export { findHeader } from "./find-header.ts";
