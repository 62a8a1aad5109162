import { setTimeout as delay } from "node:timers/promises";
import { forEachConcurrently } from "@p4/read-models";
import type { Logger } from "@p4/telemetry";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { isOpen } from "../invoice/invoice.ts";
import type { Channels } from "./channels.ts";
import type { PaymentService } from "./payment-service.ts";
import type { ProofService } from "./proof-service.ts";

/** Invoices of each kind that are taken up at the same time. */
const concurrency = 16;

export interface ResumeContext {
  /** Other work that goes on from what is stored; each again until it has begun. */
  readonly start?: readonly (() => Promise<void>)[];
  readonly invoices: InvoiceRepository;
  readonly channels: Channels;
  readonly payments: PaymentService;
  readonly proofs: ProofService;
  readonly logger: Logger;
  readonly retryMs: number;
  readonly signal: AbortSignal;
}

/**
 * Takes up again what the last run left open: channels are joined, broadcasts that were cut short go on, proofs in doubt
 * are looked at again. The acknowledgement follows by itself: the channel repeats a payment that was not answered.
 */
export async function resumeInvoices(context: ResumeContext): Promise<void> {
  const parts = [() => resumeOnce(context), ...(context.start ?? [])];
  await Promise.all(parts.map((part) => untilDone(part, context)));
}

async function untilDone(part: () => Promise<void>, { logger, retryMs, signal }: ResumeContext): Promise<void> {
  while (!signal.aborted) {
    try {
      await part();
      return;
    } catch (error) {
      logger.error({ error, retryInMs: retryMs }, "invoices of the last run could not all be taken up again");
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function resumeOnce(context: ResumeContext): Promise<void> {
  const { invoices, channels, payments, proofs, logger } = context;
  const resumed = await channels.resume();
  if (resumed.length > 0) logger.info({ channels: resumed.length }, "joining the channels of the last run again");
  const [cutShort, inDoubt]: [string[], string[]] = [[], []];
  for await (const { id, state, proofs: known } of invoices.all()) {
    if (state === "paymentReceived") cutShort.push(id);
    if (known.some(isOpen)) inDoubt.push(id);
  }
  // A block that stays unknown is looked up for minutes: no broadcast waits for that.
  await Promise.all([
    takeUpAll(context, cutShort, (invoiceId) => payments.resume(invoiceId)),
    takeUpAll(context, inDoubt, (invoiceId) => proofs.resume(invoiceId)),
  ]);
}

function takeUpAll(
  { logger, signal }: ResumeContext,
  invoiceIds: readonly string[],
  takeUp: (invoiceId: string) => Promise<void>,
): Promise<void> {
  return forEachConcurrently(iterate(invoiceIds), concurrency, async (invoiceId) => {
    if (signal.aborted) return;
    try {
      await takeUp(invoiceId);
    } catch (error) {
      // Nothing is lost: a broadcast is tried again by itself, a proof is looked at again at the next start.
      logger.warn({ invoiceId, error }, "invoice could not be taken up again");
    }
  });
}

async function* iterate(invoiceIds: readonly string[]): AsyncGenerator<string> {
  yield* invoiceIds;
}
