import type { WebhookRepository, WebhookSender, WebhookSource } from "@p4/webhooks";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { eventBody } from "./event-body.ts";

/** The events that invoices have kept in their own documents, an invoice being a thread. */
export function invoiceEvents(invoices: Pick<InvoiceRepository, "get">): WebhookSource {
  return {
    async *events(invoiceId, afterSequence) {
      const invoice = await invoices.get(invoiceId);
      if (invoice === null) return;
      for (const event of invoice.events) {
        const { sequence, type, atMs } = event;
        if (sequence > afterSequence) yield { sequence, type, atMs, body: eventBody(invoice, event) };
      }
    },
  };
}

export interface ResumeOptions {
  readonly sender: WebhookSender;
  readonly webhooks: WebhookRepository;
  readonly invoices: Pick<InvoiceRepository, "all">;
}

/** Takes up what the last run has left untold. Rejects with a StoreError. */
export async function resumeWebhooks({ sender, webhooks, invoices }: ResumeOptions): Promise<void> {
  const all = await webhooks.list();
  if (all.length === 0) return;
  // From now on they hear of what happens; what has happened is found below.
  for (const webhook of all) sender.use(webhook);
  const lasts = new Map<string, { readonly sequence: number; readonly atMs: number }>();
  for await (const { id, events } of invoices.all()) {
    const last = events.at(-1);
    if (last !== undefined) lasts.set(id, last);
  }
  for (const webhook of all) {
    const left = new Map<string, number>();
    for (const [id, { atMs }] of lasts) if (atMs >= webhook.createdAtMs) left.set(id, 0);
    for await (const { thread, done, nextAttemptAtMs } of webhooks.deliveries(webhook.id)) {
      if ((lasts.get(thread)?.sequence ?? 0) <= done) left.delete(thread);
      else if (left.has(thread)) left.set(thread, nextAttemptAtMs);
    }
    const waiting = Array.from(left, ([thread, nextAttemptAtMs]) => ({ thread, nextAttemptAtMs }));
    sender.resume(webhook.id, waiting);
  }
}
