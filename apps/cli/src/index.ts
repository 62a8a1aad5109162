export { exitCodes } from "./cli-error.ts";
export type { CheckedProof } from "./pay/check-proof.ts";
export type { Coin, SignedPayment } from "./pay/funding.ts";
export { payInvoice } from "./pay/pay-invoice.ts";
export type { PaymentOutcome, PayOptions } from "./pay/pay-with-funding.ts";
export { runCli } from "./run-cli.ts";
export { timelineTable, type TimelineTable } from "./timeline-lines.ts";
export { loginFileIn } from "./operator/login-file.ts";
