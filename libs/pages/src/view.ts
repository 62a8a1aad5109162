/** What pages are made of, on the server and in the browser alike. */
export { Amount } from "./amount.tsx";
export { bsvText, satoshisText } from "./amount-text.ts";
export { Fact } from "./fact.tsx";
export { Moment } from "./moment.tsx";
export { countdownText, momentText } from "./time-text.ts";
