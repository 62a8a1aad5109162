/** What pages are made of, on the server and in the browser alike. */
export { Amount } from "./amount.tsx";
export { bsvText, satoshisText } from "./amount-text.ts";
export { Moment } from "./moment.tsx";
export { countdownText, momentText } from "./time-text.ts";
