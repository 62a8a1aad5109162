import {
  decodeDocument,
  encodeDocument,
  isStoreError,
  retryOnConflict,
  type DocumentStore,
  type StoredDocument,
} from "@p4/event-store";
import { nodeCrypto } from "@p4/node-crypto";
import { bytesToHex, parseTransaction } from "@p4/spv";
import type { WalletCoin } from "../wallet/coin.ts";
import { scriptOfAddress } from "../wallet/script-of-address.ts";
import { decodeInvoice } from "./invoice-codec.ts";
import { withEvents, type InvoiceEvent } from "./invoice-event.ts";
import type { Invoice, InvoicePayment, PaidOutput } from "./invoice.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const counterKey = "next-key-index";
const fingerprintKey = "key-fingerprint";
const invoicePrefix = "invoice.";
/** Asks past the replicas. */
const fromLeader = { expectNone: true } as const;
/** More than are changed while a replica lags behind. */
const maxWritten = 10_000;

/** Told of each stored change, and of the events that it has brought. */
export type ChangeListener = (invoice: Invoice, events: readonly InvoiceEvent[]) => void;

/** The first use of an Idempotency-Key: the hash of what was asked, and the id of what was to be made. */
export interface IdempotentUse {
  readonly requestHash: string;
  readonly id: string;
}

/** Invoices, payments and proofs as documents; every change of an invoice is checked against its revision. */
export class InvoiceRepository {
  readonly #documents: DocumentStore;
  readonly #onChanged: ChangeListener;
  readonly #now: () => number;
  /** Revisions of the invoices that were changed last. */
  readonly #written = new Map<string, number>();

  constructor(documents: DocumentStore, onChanged: ChangeListener = () => undefined, now: () => number = Date.now) {
    this.#documents = documents;
    this.#onChanged = onChanged;
    this.#now = now;
  }

  /** Takes the next BIP32 index. A crash leaves a gap, never a second invoice with the same key. */
  takeKeyIndex(): Promise<number> {
    return retryOnConflict(async () => {
      const stored = await this.#documents.get(counterKey);
      const index = stored === null ? 0 : Number(decoder.decode(stored.bytes));
      await this.#documents.put(counterKey, encoder.encode(String(index + 1)), stored?.revision ?? 0);
      return index;
    });
  }

  async readKeyFingerprint(): Promise<string | null> {
    const stored = await this.#documents.get(fingerprintKey);
    return stored === null ? null : decoder.decode(stored.bytes);
  }

  /** Notes which key the invoices are paid to, once and for good. Gives what is noted: the first to come has named it. */
  async bindKey(fingerprint: string): Promise<string> {
    const stored = await this.readKeyFingerprint();
    if (stored !== null) return stored;
    try {
      await this.#documents.put(fingerprintKey, encoder.encode(fingerprint), 0);
    } catch (error) {
      if (!isStoreError(error, "STORE_REVISION_CONFLICT")) throw error;
    }
    return (await this.readKeyFingerprint()) ?? fingerprint;
  }

  /** Any invoice; null when there is none. */
  async any(): Promise<Invoice | null> {
    for await (const invoice of this.all()) return invoice;
    return null;
  }

  async add(invoice: Invoice): Promise<void> {
    this.#wrote(invoice.id, await this.#documents.put(invoicePrefix + invoice.id, encodeDocument(invoice), 0));
    this.#onChanged(invoice, invoice.events);
  }

  /** Not older than what this process has written lately; what another one has just written may be missing. */
  async get(id: string): Promise<Invoice | null> {
    const stored = await this.#nearest(id);
    return stored === null ? null : decodeInvoice(stored);
  }

  /** As the leader has it: for what must not be decided on an old state. */
  async newest(id: string): Promise<Invoice | null> {
    const stored = await this.#documents.get(invoicePrefix + id, fromLeader);
    return stored === null ? null : decodeInvoice(stored);
  }

  /**
   * Applies a pure step to the invoice, with the events that tell of it, again if another writer was first. Writes nothing when the
   * step changes nothing, also of the leader's copy: one that lags behind may lack the very change that the step follows.
   */
  update(id: string, step: (invoice: Invoice) => Invoice): Promise<Invoice> {
    return retryOnConflict(async () => {
      const nearest = await this.#nearest(id);
      const isDone = nearest !== null && isUnchanged(decodeInvoice(nearest), step);
      const stored = isDone ? await this.#documents.get(invoicePrefix + id, fromLeader) : nearest;
      if (stored === null) throw new Error(`invoice ${id} is not in the store any more`);
      const before = decodeInvoice(stored);
      const stepped = step(before);
      if (stepped === before) return before;
      const after = withEvents(before, stepped, this.#now());
      this.#wrote(id, await this.#documents.put(invoicePrefix + id, encodeDocument(after), stored.revision));
      const last = before.events.at(-1)?.sequence ?? 0;
      this.#onChanged(
        after,
        after.events.filter(({ sequence }) => sequence > last),
      );
      return after;
    });
  }

  /** Page by page; one that is changed meanwhile may come twice, the later state later. */
  async *all(): AsyncGenerator<Invoice> {
    for await (const document of this.#documents.entries(invoicePrefix)) yield decodeInvoice(document);
  }

  /** What an Idempotency-Key was first used for, and under which id. Stores `use` for a key that is new. */
  claimIdempotencyKey(keyHash: string, use: IdempotentUse): Promise<IdempotentUse> {
    const key = `idempotency.${keyHash}`;
    return retryOnConflict(async () => {
      const first = decodeDocument<IdempotentUse>(await this.#documents.get(key));
      if (first !== null) return first;
      await this.#documents.put(key, encodeDocument(use), 0);
      return use;
    });
  }

  /** The payment's body as it came, the merchant's evidence; kept apart because ancestors can make it large. */
  async savePayment(id: string, txid: string, bodyText: string): Promise<void> {
    await this.#documents.set(paymentKey(id, txid), encoder.encode(bodyText));
  }

  /** The transaction as it is broadcast. */
  async saveTransaction(id: string, txid: string, bytes: Uint8Array): Promise<void> {
    await this.#documents.set(transactionKey(id, txid), bytes);
  }

  async readTransaction(id: string, txid: string): Promise<Uint8Array | null> {
    return (await this.#documents.get(transactionKey(id, txid)))?.bytes ?? null;
  }

  /** What a payment of the invoice has brought, whether it is good to spend or not. */
  async coinsOf({ id, keyIndex, lockingScript, state }: Invoice, payment: InvoicePayment): Promise<WalletCoin[]> {
    const { txid } = payment;
    const isProved = state === "proved";
    const outputs = payment.outputs ?? (await this.#paidOutputs(id, txid, lockingScript));
    return outputs.map((output) => ({ txid, ...output, key: { chain: 0, index: keyIndex }, isProved }));
  }

  /** The locking script, hex, that the payment names for money that goes back; null where it names none that can be paid to. */
  async readRefundScript(id: string, txid: string): Promise<string | null> {
    const stored = await this.#documents.get(paymentKey(id, txid));
    if (stored === null) return null;
    const { refundTo } = JSON.parse(decoder.decode(stored.bytes)) as { refundTo?: unknown };
    return typeof refundTo === "string" ? scriptOfAddress(refundTo) : null;
  }

  /** A replica may lag behind, and lack what its reader was just told of. */
  async #nearest(id: string): Promise<StoredDocument | null> {
    const nearest = await this.#documents.get(invoicePrefix + id);
    const isOld = nearest !== null && nearest.revision < (this.#written.get(id) ?? 0);
    return isOld ? this.#documents.get(invoicePrefix + id, fromLeader) : nearest;
  }

  #wrote(id: string, revision: number): void {
    this.#written.delete(id);
    this.#written.set(id, revision);
    const [oldest] = this.#written.keys();
    if (this.#written.size > maxWritten && oldest !== undefined) this.#written.delete(oldest);
  }

  /** Of a payment that an earlier version of this wallet took. */
  async #paidOutputs(id: string, txid: string, lockingScript: string): Promise<readonly PaidOutput[]> {
    const bytes = await this.readTransaction(id, txid);
    if (bytes === null) return [];
    return parseTransaction(bytes, nodeCrypto).outputs.flatMap(({ satoshis, lockingScript: script }, vout) => {
      return bytesToHex(script) === lockingScript ? [{ vout, satoshis: Number(satoshis) }] : [];
    });
  }

  async saveProof(proofKey: string, envelopeText: string): Promise<void> {
    await this.#documents.set(proofKey, encoder.encode(envelopeText));
  }

  async readProof(proofKey: string): Promise<string | null> {
    const stored = await this.#documents.get(proofKey);
    return stored === null ? null : decoder.decode(stored.bytes);
  }
}

function isUnchanged(invoice: Invoice, step: (invoice: Invoice) => Invoice): boolean {
  return step(invoice) === invoice;
}

function paymentKey(id: string, txid: string): string {
  return `payment.${id}.${txid}`;
}

function transactionKey(id: string, txid: string): string {
  return `transaction.${id}.${txid}`;
}

/** One document per invoice and block. */
export function proofKeyOf(id: string, block: string): string {
  return `proof.${id}.${block}`;
}
