import { faucetFunding } from "./faucet.ts";
import { minerHeaders } from "./miner-headers.ts";
import { payLine } from "./pay-lines.ts";
import { type PaymentOutcome, type PayOptions, payWithFunding } from "./pay-with-funding.ts";

export interface PayInvoiceOptions extends Omit<PayOptions, "funding" | "headers" | "onStep"> {
  /** Development miner that gives the coins. */
  readonly faucetUrl: string;
  /** Headers service that the proof is checked against; without it, only what the proof shows by itself. */
  readonly headersUrl?: string;
  /** One plain line for each step. */
  readonly onProgress?: (line: string) => void;
}

const plain = { style: (_style: string, text: string) => text };

/** `p4 pay` with a faucet, as a function. Throws a CliError when there is no outcome; look at `accepted` and `proof`. */
export function payInvoice(url: string, options: PayInvoiceOptions): Promise<PaymentOutcome> {
  const { faucetUrl, headersUrl, onProgress = () => undefined, ...rest } = options;
  return payWithFunding(url, {
    ...rest,
    funding: faucetFunding(faucetUrl),
    headers: headersUrl === undefined ? null : minerHeaders(headersUrl),
    onStep: (step) => onProgress(payLine(step, plain)),
  });
}
