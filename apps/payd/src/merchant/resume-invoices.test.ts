import { createLogger } from "@p4/telemetry";
import { expect, test, vi } from "vitest";
import type { Invoice } from "../invoice/invoice.ts";
import { invoiceIn, proof } from "../test-support/invoices.ts";
import { resumeInvoices, type ResumeContext } from "./resume-invoices.ts";

const logger = createLogger({ name: "test", level: "silent" });

function context(stored: readonly Invoice[], changes: Partial<Record<"payments" | "proofs", object>>): ResumeContext {
  return {
    invoices: { all: () => stored.values() },
    channels: { resume: async () => [] },
    payments: { resume: async () => undefined },
    proofs: { resume: async () => undefined },
    logger,
    retryMs: 1,
    signal: new AbortController().signal,
    ...changes,
  } as unknown as ResumeContext;
}

const inDoubt = (id: string): Invoice => ({ ...invoiceIn.paid, id, proofs: [{ ...proof, headerConfirmed: false }] });
const cutShort = (id: string): Invoice => ({ ...invoiceIn.paymentReceived, id });

test("a proof whose block stays unknown keeps no broadcast waiting", async () => {
  const resume = vi.fn(async () => undefined);
  const forever = { resume: () => new Promise<void>(() => undefined) };
  const stored = [...Array.from({ length: 20 }, (_, index) => inDoubt(`p${index}`)), cutShort("a"), cutShort("b")];
  void resumeInvoices(context(stored, { payments: { resume }, proofs: forever }));
  await vi.waitFor(() => expect(resume.mock.calls).toEqual([["a"], ["b"]]));
});

test("one that cannot be taken up does not keep the others back", async () => {
  const resume = vi.fn(async (id: string) => {
    if (id === "a") throw new Error("no");
  });
  await resumeInvoices(context([cutShort("a"), cutShort("b")], { payments: { resume } }));
  expect(resume.mock.calls).toEqual([["a"], ["b"]]);
});
