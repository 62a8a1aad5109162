import { createInMemoryStore, type DocumentStore } from "@p4/event-store";
import { beforeEach, describe, expect, test } from "vitest";
import { invoiceIn, otherTxid, txid } from "../test-support/invoices.ts";
import { InvoiceRepository } from "./invoice-repository.ts";
import type { Invoice } from "./invoice.ts";
import { recordBroadcast, recordPayment } from "./invoice-steps.ts";

let documents: DocumentStore;
let invoices: InvoiceRepository;

beforeEach(() => {
  documents = createInMemoryStore().documents("payd");
  invoices = new InvoiceRepository(documents);
});

describe("invoice repository", () => {
  test("gives each invoice an index of its own, however many ask at once", async () => {
    const indexes = await Promise.all(Array.from({ length: 20 }, () => invoices.takeKeyIndex()));
    expect(indexes.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test("lets one of two payments win when both are recorded at once", async () => {
    await invoices.add(invoiceIn.pending);
    const [first, second] = await Promise.all(
      [txid, otherTxid].map((id) => invoices.update("invoice1", (invoice) => recordPayment(invoice, id, 2_000))),
    );
    expect(first?.payment?.txid).toBe(second?.payment?.txid);
  });

  test("does not write what a step did not change", async () => {
    await invoices.add(invoiceIn.paid);
    const before = await documents.get("invoice.invoice1");
    await invoices.update("invoice1", (invoice) => recordPayment(invoice, txid, 9_000));
    expect((await documents.get("invoice.invoice1"))?.revision).toBe(before?.revision);
  });

  test("gives what it has just written, also where a replica that lags behind answers", async () => {
    await invoices.add(invoiceIn.pending);
    const old = await documents.get("invoice.invoice1");
    let isLagging = false;
    const told: Promise<Invoice | null>[] = [];
    const store = {
      get: async (key, options) => (isLagging && options?.expectNone !== true ? old : documents.get(key)),
      put: (key, bytes, revision) => documents.put(key, bytes, revision),
    } as DocumentStore;
    const lagging = new InvoiceRepository(store, () => void told.push(lagging.get("invoice1")));
    isLagging = true;
    await lagging.update("invoice1", (invoice) => recordPayment(invoice, txid, 2_000));
    expect((await told[0])?.state).toBe("paymentReceived");
    expect((await lagging.get("invoice1"))?.state).toBe("paymentReceived");
  });

  test("takes no lagging copy's word that there is nothing to do", async () => {
    await invoices.add(invoiceIn.pending);
    const old = await documents.get("invoice.invoice1");
    await invoices.update("invoice1", (invoice) => recordPayment(invoice, txid, 2_000));
    const lagging = new InvoiceRepository({
      get: async (key, options) => (options?.expectNone === true ? documents.get(key) : old),
      put: (key, bytes, revision) => documents.put(key, bytes, revision),
    } as DocumentStore);
    expect((await lagging.update("invoice1", (invoice) => recordBroadcast(invoice, txid))).state).toBe("broadcast");
    expect((await invoices.get("invoice1"))?.state).toBe("broadcast");
    expect((await lagging.newest("invoice1"))?.state).toBe("broadcast");
  });

  test("refuses a second invoice of the same id", async () => {
    await invoices.add(invoiceIn.pending);
    await expect(invoices.add(invoiceIn.pending)).rejects.toMatchObject({ code: "STORE_REVISION_CONFLICT" });
  });

  test("lists invoices and nothing else", async () => {
    await invoices.takeKeyIndex();
    await invoices.add(invoiceIn.paid);
    await invoices.savePayment("invoice1", txid, "{}");
    const found: string[] = [];
    for await (const { id } of invoices.all()) found.push(id);
    expect(found).toEqual(["invoice1"]);
  });

  test("tells of each change of an invoice, and of nothing that changes nothing", async () => {
    const changed: string[] = [];
    invoices = new InvoiceRepository(documents, ({ id }, events) => {
      changed.push([id, ...events.map(({ type }) => type)].join(" "));
    });
    await invoices.add(invoiceIn.pending);
    const step = (invoice: Invoice): Invoice => recordPayment(invoice, txid, 5_000);
    await invoices.update(invoiceIn.pending.id, step);
    await invoices.update(invoiceIn.pending.id, step);
    expect(changed).toEqual(["invoice1 invoice.created", "invoice1"]);
    await invoices.update(invoiceIn.pending.id, (invoice) => recordBroadcast(invoice, txid));
    expect(changed.at(-1)).toBe("invoice1 invoice.broadcast");
    const stored = await invoices.get("invoice1");
    expect(stored?.events.map(({ sequence, state, txid: of }) => [sequence, state, of])).toEqual([
      [1, "pending", null],
      [2, "broadcast", txid],
    ]);
  });
});
