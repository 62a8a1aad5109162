export { type Payd, startPayd } from "./payd.ts";
export type { PaydOptions } from "./payd-options.ts";
export type { MerchantProfile } from "./invoice/payment-request.ts";
