import { isStoreError } from "@p4/event-store";
import { describeWireError, parseBody, type ParsedBody } from "@p4/protocol";
import { bytesToHex, paymentTransactionId } from "@p4/spv";
import type { Logger } from "@p4/telemetry";
import { PaydError } from "../errors.ts";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordBroadcast, recordPaid, recordPayment, recordRefusedBroadcast } from "../invoice/invoice-steps.ts";
import { judgePayment } from "../invoice/judge-payment.ts";
import { buildPaymentAck, refusePayment, type PaymentVerdict } from "../invoice/payment-ack.ts";
import type { BroadcastResult } from "../mapi/broadcaster.ts";
import { checkPayment, paymentReferenceOf, type PaymentChecks } from "./check-payment.ts";
import { RetryLater } from "./retry-later.ts";
import { SerialByKey } from "./serial-by-key.ts";

export interface PaymentServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly checks: PaymentChecks;
  readonly withFees: (invoice: Invoice) => Promise<Invoice>;
  readonly broadcast: (invoiceId: string, txid: string, rawTx: string) => Promise<BroadcastResult>;
  readonly now: () => number;
  /** Pause before a broadcast that had no answer is tried again. */
  readonly retryMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface PaymentAnswer {
  readonly verdict: PaymentVerdict;
  /** Body of `payment.ack`. */
  readonly ack: object;
}

/**
 * Takes payments. Each step is stored before the next begins and may be repeated, so that a crash anywhere between the
 * first byte and the acknowledgement is mended by the same payment coming again, or by `resume`. A broadcast without an answer may have
 * reached the miner: it is tried again until there is one, whether the customer comes back or not.
 */
export class PaymentService {
  readonly #options: PaymentServiceOptions;
  readonly #serial = new SerialByKey();
  readonly #later: RetryLater;
  readonly #checking = new Set<string>();

  constructor(options: PaymentServiceOptions) {
    this.#options = options;
    const { retryMs: pauseMs, logger, signal } = options;
    this.#later = new RetryLater({ attempt: (invoiceId) => this.#goOn(invoiceId), pauseMs, logger, signal });
  }

  /** Whether a payment of the invoice that came in time is being checked. */
  isChecking(invoiceId: string): boolean {
    return this.#checking.has(invoiceId);
  }

  /**
   * The `payment.ack` to a `payment`. Throws what is no verdict on the payment: PAYD_MINER_UNAVAILABLE,
   * PAYD_HEADERS_UNAVAILABLE, PAYD_PAYMENT_PENDING, a store error. The customer may then send the same payment again.
   */
  async receive(invoiceId: string, bodyText: string | null): Promise<PaymentAnswer> {
    const parsed = parseBody("payment", bodyText);
    // The server passes on what it does not recognise: it is this wallet's to refuse.
    const fault = parsed.ok ? parsed.warning : parsed.error;
    if (!parsed.ok || fault !== null || bodyText === null) {
      const rule = fault === null ? "body: is missing" : describeWireError(fault);
      return answer(invoiceId, null, refusePayment(null, "PAYMENT_INVALID", rule));
    }
    const verdict = await this.#orLater(invoiceId, () =>
      this.#serial.run(invoiceId, () => this.#judge(invoiceId, parsed.body, bodyText)),
    );
    return answer(invoiceId, paymentOf(parsed.body), verdict);
  }

  /** The acknowledgement of this transaction has been stored by the channel. */
  async acknowledged(invoiceId: string, txid: string): Promise<void> {
    await this.#options.invoices.update(invoiceId, (invoice) => recordPaid(invoice, txid));
  }

  /** The channel says that it has an acknowledgement: there can only be one, that of the transaction broadcast. */
  async noteAcknowledged(invoiceId: string): Promise<void> {
    await this.#options.invoices.update(invoiceId, (invoice) => recordPaid(invoice, invoice.payment?.txid ?? ""));
  }

  /** After a restart: goes on with a broadcast that was cut short. Throws as `receive` does, and goes on by itself all the same. */
  async resume(invoiceId: string): Promise<void> {
    await this.#orLater(invoiceId, () => this.#goOn(invoiceId));
  }

  async #orLater<Result>(invoiceId: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#later.add(invoiceId);
      throw error;
    }
  }

  async #goOn(invoiceId: string): Promise<void> {
    await this.#serial.run(invoiceId, async () => {
      const invoice = await this.#options.invoices.newest(invoiceId);
      if (invoice?.state === "paymentReceived" && invoice.payment !== null) {
        await this.#broadcast(invoiceId, invoice.payment.txid);
      }
    });
  }

  /** Resolves when no payment is being worked on. */
  idle(): Promise<void> {
    return this.#serial.idle();
  }

  async #judge(invoiceId: string, body: ParsedBody, bodyText: string): Promise<PaymentVerdict> {
    const { invoices, now, checks } = this.#options;
    const invoice = await invoices.get(invoiceId);
    if (invoice === null) throw new PaydError("PAYD_INVOICE_UNKNOWN", `invoice ${invoiceId} does not exist`);
    const txid = paymentTransactionId(bodyText, checks.crypto);
    if (txid === null) return refusePayment(null, "PAYMENT_INVALID", "has no transaction that can be read");
    const reference = paymentReferenceOf(body);
    if (reference !== null && reference !== invoiceId) return refusePayment(txid, "OTHER_INVOICE");
    const judgement = judgePayment(invoice, txid, now());
    switch (judgement.kind) {
      case "refused":
        return refusePayment(txid, judgement.code, judgement.memo);
      case "busy":
        throw new PaydError("PAYD_PAYMENT_PENDING", `transaction ${invoice.payment?.txid ?? ""} is being broadcast`);
      case "accepted":
        return { accepted: true, txid };
      case "verify":
        this.#checking.add(invoiceId);
        try {
          return await this.#verify(invoice, txid, bodyText);
        } finally {
          this.#checking.delete(invoiceId);
        }
      case "broadcast":
        return this.#broadcast(invoiceId, txid);
    }
  }

  async #verify(invoice: Invoice, txid: string, bodyText: string): Promise<PaymentVerdict> {
    const { invoices, checks, withFees, now } = this.#options;
    const checked = await checkPayment(await withFees(invoice), txid, bodyText, checks);
    if (!checked.ok) return checked.refusal;
    try {
      await invoices.savePayment(invoice.id, txid, bodyText);
      await invoices.saveTransaction(invoice.id, txid, checked.transaction.bytes);
    } catch (error) {
      // It stays so, however often it is sent: what cannot be kept is not taken.
      if (!isStoreError(error, "STORE_TOO_LARGE")) throw error;
      return refusePayment(txid, "PAYMENT_INVALID", "is larger than this wallet can store");
    }
    const stored = await invoices.update(invoice.id, (current) => recordPayment(current, txid, now(), checked.outputs));
    // Checking took a while, and the merchant was quicker.
    if (stored.state === "cancelled") return refusePayment(txid, "INVOICE_CANCELLED");
    if (stored.state === "pending") return refusePayment(txid, "INVOICE_EXPIRED");
    // Another process of this wallet may have taken another payment meanwhile.
    if (stored.payment?.txid !== txid) throw new PaydError("PAYD_PAYMENT_PENDING", "another payment came first");
    return this.#broadcast(invoice.id, txid);
  }

  async #broadcast(invoiceId: string, txid: string): Promise<PaymentVerdict> {
    const { invoices, broadcast } = this.#options;
    const bytes = await invoices.readTransaction(invoiceId, txid);
    if (bytes === null) throw new Error(`invoice ${invoiceId}: transaction ${txid} is not in the store`);
    const result = await broadcast(invoiceId, txid, bytesToHex(bytes));
    if (result.accepted) {
      await invoices.update(invoiceId, (invoice) => recordBroadcast(invoice, txid));
      return { accepted: true, txid };
    }
    const after = await invoices.update(invoiceId, (invoice) => recordRefusedBroadcast(invoice, txid, result.reason));
    // A proof may have come while the miner was being asked: then it is mined, whatever this miner says.
    if (after.payment?.txid === txid) return { accepted: true, txid };
    return refusePayment(txid, "MINER_REFUSED", result.reason);
  }
}

function answer(invoiceId: string, payment: object | null, verdict: PaymentVerdict): PaymentAnswer {
  return { verdict, ack: buildPaymentAck(invoiceId, payment, verdict) };
}

function paymentOf(body: ParsedBody): object | null {
  return "value" in body ? body.value : null;
}
