import { StoreError } from "@p4/event-store";
import { createLogger } from "@p4/telemetry";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { invoiceIn } from "../test-support/invoices.ts";
import { ExpireInvoices } from "./expire-invoices.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Which invoices were looked at in the first round, of `a` and `b` that are over. */
async function lookedAt(update: (id: string) => Promise<Invoice>): Promise<readonly string[]> {
  const looked: string[] = [];
  const stored = ["a", "b"].map((id): Invoice => ({ ...invoiceIn.pending, id }));
  const invoices = {
    all: () => stored.values(),
    update: (id: string) => {
      looked.push(id);
      return update(id);
    },
  } as unknown as InvoiceRepository;
  const stopping = new AbortController();
  const expiry = new ExpireInvoices({
    invoices,
    isChecking: () => false,
    now: () => invoiceIn.pending.expiresAtMs,
    logger: createLogger({ name: "test", level: "silent" }),
    signal: stopping.signal,
  });
  await expiry.start();
  await vi.advanceTimersByTimeAsync(1_000);
  stopping.abort();
  await expiry.idle();
  return looked;
}

test("one invoice that cannot be noted keeps no other waiting", async () => {
  expect(await lookedAt(() => Promise.reject(new Error("stored as version 2")))).toEqual(["a", "b"]);
});

test("a store that is away is asked again a second later, not for each invoice", async () => {
  expect(await lookedAt(() => Promise.reject(new StoreError("STORE_UNAVAILABLE", "test")))).toEqual(["a"]);
});
