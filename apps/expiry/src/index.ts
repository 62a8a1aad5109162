export { startExpiry, type ExpiryOptions } from "./start-expiry.ts";
