import type { HD } from "@bsv/sdk";
import { retryOnConflict } from "@p4/event-store";
import type { FeeRate } from "@p4/spv";
import type { Logger } from "@p4/telemetry";
import { isPaydError, PaydError } from "../errors.ts";
import { heldPayment, heldSatoshis } from "../invoice/held-payment.ts";
import type { Invoice, InvoicePayment } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordRefund } from "../invoice/invoice-steps.ts";
import type { BroadcastResult } from "../mapi/broadcaster.ts";
import { RetryLater } from "../merchant/retry-later.ts";
import { SerialByKey } from "../merchant/serial-by-key.ts";
import type { WalletCoin } from "./coin.ts";
import { freeCoins } from "./free-coins.ts";
import type { Payout } from "./payout.ts";
import type { PayoutBook, PayoutRepository } from "./payout-repository.ts";
import { maxInputs, selectAll, selectCoins } from "./select-coins.ts";
import { signPayout } from "./sign-payout.ts";

export interface PayoutServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly payouts: PayoutRepository;
  /** The wallet's key, read for the occasion: nothing that stays in memory can spend. */
  readonly masterKey: () => Promise<HD>;
  readonly feeRate: () => Promise<FeeRate>;
  readonly broadcast: (payout: Payout) => Promise<BroadcastResult>;
  readonly now: () => number;
  /** Pause before a payout that has no answer is sent again. */
  readonly retryMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface RefundOrder {
  /** Null: all that was paid and not refunded yet. */
  readonly satoshis: number | null;
  /** Hex; null: where the payment said. */
  readonly script: string | null;
  readonly reason: string | null;
}

export interface Balance {
  readonly satoshis: number;
  /** Of these, in coins whose proof is stored. */
  readonly provedSatoshis: number;
  readonly coins: number;
}

/** All wait for each other: two that choose coins at the same time could choose the same. */
const one = "payouts";
/** Of one invoice: it must not grow without bounds. */
const maxRefunds = 50;
/** Each lost round means that another process has made a payout. */
const maxRounds = 20;

/**
 * Spends the wallet's coins. A payout is stored, signed, before it is sent: its document is what marks its coins as spent, and what a
 * restart goes on with. One is made at a time; one that has no answer is sent again until it has.
 */
export class PayoutService {
  readonly #options: PayoutServiceOptions;
  readonly #serial = new SerialByKey();
  readonly #later: RetryLater;

  constructor(options: PayoutServiceOptions) {
    this.#options = options;
    const { retryMs: pauseMs, logger, signal } = options;
    this.#later = new RetryLater({ attempt: (id) => this.#goOn(id), pauseMs, logger, signal });
  }

  /**
   * Sends money back. The same id again is the same refund. Throws PAYD_INVOICE_UNKNOWN, PAYD_INVOICE_UNPAID, PAYD_PAYMENT_IN_DOUBT,
   * PAYD_REFUND_EXCEEDS, PAYD_REFUND_ADDRESS, PAYD_COINS_MISSING, PAYD_FEE_TOO_HIGH, PAYD_MINER_UNAVAILABLE before anything is signed;
   * afterwards the payout tells how it went.
   */
  refund(invoiceId: string, order: RefundOrder, id: string): Promise<Payout> {
    return this.#pay(id, async ({ payouts }) => {
      const { invoices, feeRate } = this.#options;
      const invoice = refundable(invoiceId, await invoices.newest(invoiceId));
      const { payment, state } = invoice;
      const refunds = payouts.filter((payout) => payout.invoiceId === invoiceId && payout.state !== "refused");
      const left = refunds.reduce((sum, { satoshis }) => sum - satoshis, heldSatoshis(invoice));
      const satoshis = order.satoshis ?? left;
      if (refunds.length >= maxRefunds) {
        throw new PaydError("PAYD_REFUND_EXCEEDS", `invoice ${invoiceId} has ${maxRefunds} refunds, no more are made`);
      }
      if (satoshis > left || left === 0) {
        const rule = `must be at most ${left}: what was paid and is not refunded yet`;
        throw new PaydError("PAYD_REFUND_EXCEEDS", `satoshis: ${rule}`);
      }
      const script = order.script ?? (await invoices.readRefundScript(invoiceId, payment.txid));
      if (script === null) throw new PaydError("PAYD_REFUND_ADDRESS", "address: is needed, the payment named none");
      const rate = await feeRate();
      // Its payer may yet spend a payment without a proof otherwise. A refund that spends it falls with it, and takes no other coins along.
      const own = new Set([payment.txid, ...refunds.map(({ txid }) => txid)]);
      const isFirst = ({ txid }: WalletCoin): boolean => state !== "proved" && own.has(txid);
      const spending = { satoshis, scriptBytes: script.length / 2, isFirst };
      const selected = selectCoins(await freeCoins(invoices, payouts), spending, rate);
      if (selected === null) throw coinsMissing();
      const { coins, feeSatoshis, changeSatoshis } = selected;
      if (state !== "proved" && !coins.some(isFirst))
        throw inDoubt(invoiceId, "its coins are spent, and it has no proof");
      const about = { id, kind: "refund", invoiceId, satoshis, script, reason: order.reason } as const;
      return this.#sign({ ...about, feeSatoshis }, coins, changeSatoshis, rate);
    });
  }

  /**
   * Sends all coins to one script. The same id again is the same sweep. Throws PAYD_COINS_MISSING, PAYD_FEE_TOO_HIGH,
   * PAYD_MINER_UNAVAILABLE.
   */
  sweep(script: string, id: string): Promise<Payout> {
    return this.#pay(id, async ({ payouts }) => {
      const { invoices, feeRate } = this.#options;
      const rate = await feeRate();
      const selected = selectAll(await freeCoins(invoices, payouts), script.length / 2, rate);
      if (selected === null) throw coinsMissing();
      const { coins, satoshis, feeSatoshis } = selected;
      const about = { id, kind: "sweep", invoiceId: null, satoshis, script, reason: null, feeSatoshis } as const;
      return this.#sign(about, coins, 0, rate);
    });
  }

  async balance(): Promise<Balance> {
    const { invoices, payouts } = this.#options;
    const coins = await freeCoins(invoices, (await payouts.open()).payouts);
    const sumOf = (some: readonly WalletCoin[]): number => some.reduce((sum, { satoshis }) => sum + satoshis, 0);
    return {
      satoshis: sumOf(coins),
      provedSatoshis: sumOf(coins.filter(({ isProved }) => isProved)),
      coins: coins.length,
    };
  }

  /** After a restart: goes on with what has no answer, and notes on invoices what was not noted. */
  async resume(): Promise<void> {
    let isAway = false;
    for (const { id, state } of (await this.#options.payouts.open()).payouts) {
      if (state === "refused") continue;
      try {
        if (!isAway) await this.#takeUp(id);
      } catch (error) {
        if (!isPaydError(error, "PAYD_MINER_UNAVAILABLE")) throw error;
        isAway = true;
      }
      if (isAway) this.#later.add(id);
    }
  }

  idle(): Promise<void> {
    return this.#serial.idle();
  }

  /** The payout that has the id, or the one that is made by `draft`: from what is there then, again where another process was faster. */
  #pay(id: string, draft: (book: PayoutBook) => Promise<Payout>): Promise<Payout> {
    const { payouts } = this.#options;
    return this.#serial.run(one, async () => {
      await retryOnConflict(async () => {
        const book = await payouts.open();
        if (book.payouts.some((payout) => payout.id === id)) return;
        const signed = await draft(book);
        // Before it is stored: a store that gives no answer may have it all the same.
        this.#later.add(id);
        await payouts.add(signed, book);
      }, maxRounds);
      const settled = await this.#settle(id);
      if (settled.state === "signed") this.#later.add(id);
      else this.#later.remove(id);
      return settled;
    });
  }

  async #goOn(id: string): Promise<void> {
    const { payouts } = await this.#options.payouts.open();
    // The store has not taken it: nothing was sent.
    if (payouts.some((payout) => payout.id === id)) await this.#takeUp(id);
  }

  /** Throws PAYD_MINER_UNAVAILABLE while no miner has it. */
  async #takeUp(id: string): Promise<void> {
    const { state } = await this.#serial.run(one, () => this.#settle(id));
    if (state === "signed") throw new PaydError("PAYD_MINER_UNAVAILABLE", `payout ${id} waits for a miner`);
  }

  async #sign(
    about: Pick<Payout, "id" | "kind" | "invoiceId" | "satoshis" | "feeSatoshis" | "script" | "reason">,
    coins: readonly WalletCoin[],
    changeSatoshis: number,
    rate: FeeRate,
  ): Promise<Payout> {
    const { invoices, masterKey, now } = this.#options;
    const key = changeSatoshis === 0 ? null : ({ chain: 1, index: await invoices.takeKeyIndex() } as const);
    const change = key === null ? null : { satoshis: changeSatoshis, key };
    const { satoshis, script, feeSatoshis } = about;
    const draft = { coins, satoshis, script, feeSatoshis, change, rate };
    return {
      version: 1,
      ...about,
      createdAtMs: now(),
      ...(await signPayout(await masterKey(), draft)),
      inputs: coins.map(({ txid, vout }) => ({ txid, vout })),
      change: change && { vout: 1, ...change },
      state: "signed",
      refusal: null,
    };
  }

  /** Each step may be repeated: after a crash it is. A miner that is away leaves the payout signed. */
  async #settle(id: string): Promise<Payout> {
    const { invoices, payouts, broadcast, logger } = this.#options;
    const payout = await payouts.get(id);
    if (payout === null) throw new Error(`payout ${id} is not in the store any more`);
    let settled = payout;
    if (payout.state === "signed") {
      try {
        const result = await broadcast(payout);
        const outcome = result.accepted
          ? ({ state: "broadcast", refusal: null } as const)
          : ({ state: "refused", refusal: result.reason } as const);
        settled = await payouts.settle(id, outcome);
      } catch (error) {
        if (!isPaydError(error, "PAYD_MINER_UNAVAILABLE")) throw error;
        logger.warn({ payoutId: id, reason: error.message }, "payout waits for the miner");
      }
    }
    const { txid, satoshis, feeSatoshis, invoiceId, createdAtMs, state } = settled;
    if (state === "broadcast" && invoiceId !== null) {
      const refund = { id, txid, satoshis, feeSatoshis, atMs: createdAtMs };
      await invoices.update(invoiceId, (invoice) => recordRefund(invoice, refund));
    }
    return settled;
  }
}

type PaidInvoice = Invoice & { readonly payment: InvoicePayment };

/** Throws PAYD_INVOICE_UNKNOWN, PAYD_INVOICE_UNPAID, PAYD_PAYMENT_IN_DOUBT. */
function refundable(id: string, invoice: Invoice | null): PaidInvoice {
  if (invoice === null) throw new PaydError("PAYD_INVOICE_UNKNOWN", `invoice ${id} does not exist`);
  if (invoice.payment === null || invoice.state === "paymentReceived") {
    throw new PaydError("PAYD_INVOICE_UNPAID", `invoice ${id} is not paid: there is nothing to refund`);
  }
  const payment = heldPayment(invoice);
  if (payment === null) throw inDoubt(id, "a miner has rejected it or reported a double spend");
  return { ...invoice, payment };
}

function inDoubt(id: string, why: string): PaydError {
  return new PaydError(
    "PAYD_PAYMENT_IN_DOUBT",
    `the payment of invoice ${id} may never come: ${why}. Once it is proved it can be refunded`,
  );
}

function coinsMissing(): PaydError {
  return new PaydError(
    "PAYD_COINS_MISSING",
    `the wallet's coins are not enough for this and its fee: at most ${maxInputs} go into one transaction`,
  );
}
