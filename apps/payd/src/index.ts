export { type Payd, startPayd } from "./payd.ts";
export type { PaydOptions } from "./payd-options.ts";
export { type PaydAppOptions, startPaydApp } from "./start-payd-app.ts";
export type { MerchantProfile } from "./invoice/payment-request.ts";
