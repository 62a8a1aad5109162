export { CliError, exitCodes, isCliError } from "./cli-error.ts";
export type { CheckedProof } from "./pay/check-proof.ts";
export { faucetFunding } from "./pay/faucet.ts";
export type { Coin, Funding, SignedPayment } from "./pay/funding.ts";
export { minerHeaders } from "./pay/miner-headers.ts";
export { payInvoice, type PayInvoiceOptions } from "./pay/pay-invoice.ts";
export { type PaymentOutcome, type PayOptions, type PayStep, payWithFunding } from "./pay/pay-with-funding.ts";
export { runCli } from "./run-cli.ts";
export { timelineTable, type TimelineTable } from "./timeline-lines.ts";
