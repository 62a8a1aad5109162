export { type Payd, startPayd } from "./payd.ts";
export type { PaydOptions } from "./payd-options.ts";
export { startPaydApp } from "./start-payd-app.ts";
export { fileRates } from "./price/file-rates.ts";
export { fixedRates } from "./price/fixed-rates.ts";
export type { Rate, RateSource } from "./price/rate-source.ts";
export type { MerchantProfile } from "./invoice/payment-request.ts";
