import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@p4/telemetry";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import type { Channels } from "./channels.ts";
import type { PaymentDesk } from "./payment-desk.ts";
import type { ProofDesk } from "./proof-desk.ts";

export interface ResumeContext {
  readonly invoices: InvoiceRepository;
  readonly channels: Channels;
  readonly payments: PaymentDesk;
  readonly proofs: ProofDesk;
  readonly logger: Logger;
  readonly retryMs: number;
  readonly signal: AbortSignal;
}

/**
 * Takes up again what the last run left open: channels are joined, broadcasts that were cut short go on, proofs in doubt
 * are looked at again. The acknowledgement follows by itself: the channel repeats a payment that was not answered.
 */
export async function resumeInvoices(context: ResumeContext): Promise<void> {
  const { logger, retryMs, signal } = context;
  while (!signal.aborted) {
    try {
      await resumeOnce(context);
      return;
    } catch (error) {
      logger.error({ error, retryInMs: retryMs }, "invoices of the last run could not all be taken up again");
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function resumeOnce({ invoices, channels, payments, proofs, logger }: ResumeContext): Promise<void> {
  const resumed = await channels.resume();
  if (resumed.length > 0) logger.info({ channels: resumed.length }, "joining the channels of the last run again");
  for await (const invoice of invoices.all()) {
    try {
      if (invoice.state === "paymentReceived") await payments.resume(invoice.id);
      if (invoice.proofs.some(({ headerConfirmed }) => !headerConfirmed)) await proofs.resume(invoice.id);
    } catch (error) {
      // Nothing is lost: the payment is stored, and the customer's repetition or the next start goes on with it.
      logger.warn({ invoiceId: invoice.id, error }, "invoice could not be taken up again");
    }
  }
}
