export { startExpiry } from "./start-expiry.ts";
