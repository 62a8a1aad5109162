export { startPayd } from "./payd.ts";
export type { PaydOptions } from "./payd-options.ts";
export { startPaydApp } from "./start-payd-app.ts";
