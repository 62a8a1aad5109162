import type { HD } from "@bsv/sdk";
import type { FeeRate } from "@p4/spv";
import type { Logger } from "@p4/telemetry";
import { isPaydError, PaydError } from "../errors.ts";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordRefund } from "../invoice/invoice-steps.ts";
import type { BroadcastResult } from "../mapi/broadcaster.ts";
import { SerialByKey } from "../merchant/serial-by-key.ts";
import { outpointOf, type WalletCoin } from "./coin.ts";
import type { Payout } from "./payout.ts";
import type { PayoutRepository } from "./payout-repository.ts";
import { selectAll, selectCoins } from "./select-coins.ts";
import { signPayout } from "./sign-payout.ts";

export interface PayoutServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly payouts: PayoutRepository;
  /** The wallet's key, read for the occasion: nothing that stays in memory can spend. */
  readonly masterKey: () => Promise<HD>;
  readonly feeRate: () => Promise<FeeRate>;
  readonly broadcast: (payout: Payout) => Promise<BroadcastResult>;
  readonly now: () => number;
  readonly logger: Logger;
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

/**
 * Spends the wallet's coins. A payout is stored, signed, before it is sent: its document is what marks its coins as spent, and what a
 * restart goes on with. One is made at a time.
 */
export class PayoutService {
  readonly #options: PayoutServiceOptions;
  readonly #serial = new SerialByKey();

  constructor(options: PayoutServiceOptions) {
    this.#options = options;
  }

  /**
   * Sends money back. The same id again is the same refund. Throws PAYD_INVOICE_UNPAID, PAYD_REFUND_EXCEEDS, PAYD_REFUND_ADDRESS,
   * PAYD_COINS_MISSING, PAYD_MINER_UNAVAILABLE before anything is signed; afterwards the payout tells how it went.
   */
  refund(invoice: Invoice, order: RefundOrder, id: string): Promise<Payout> {
    return this.#serial.run(one, async () => {
      const { payouts, invoices } = this.#options;
      const known = await payouts.get(id);
      if (known !== null) return this.#settle(known);
      const { id: invoiceId, payment, state } = invoice;
      if (payment === null || state === "paymentReceived") {
        throw new PaydError("PAYD_INVOICE_UNPAID", `invoice ${invoiceId} is not paid: there is nothing to refund`);
      }
      const received = payment.satoshis ?? invoice.satoshis;
      const refunds = (await payouts.all()).filter(
        (payout) => payout.invoiceId === invoiceId && payout.state !== "refused",
      );
      const left = refunds.reduce((sum, { satoshis }) => sum - satoshis, received);
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
      const rate = await this.#options.feeRate();
      const selected = selectCoins(await this.#coins(), { satoshis, scriptBytes: script.length / 2 }, rate);
      if (selected === null) throw coinsMissing();
      const { coins, feeSatoshis, changeSatoshis } = selected;
      const about = { id, kind: "refund", invoiceId, satoshis, script, reason: order.reason } as const;
      return this.#settle(await this.#sign({ ...about, feeSatoshis }, coins, changeSatoshis, rate));
    });
  }

  /** Sends all coins to one script. The same id again is the same sweep. Throws PAYD_COINS_MISSING, PAYD_MINER_UNAVAILABLE. */
  sweep(script: string, id: string): Promise<Payout> {
    return this.#serial.run(one, async () => {
      const known = await this.#options.payouts.get(id);
      if (known !== null) return this.#settle(known);
      const rate = await this.#options.feeRate();
      const selected = selectAll(await this.#coins(), script.length / 2, rate);
      if (selected === null) throw coinsMissing();
      const { coins, satoshis, feeSatoshis } = selected;
      const about = { id, kind: "sweep", invoiceId: null, satoshis, script, reason: null, feeSatoshis } as const;
      return this.#settle(await this.#sign(about, coins, 0, rate));
    });
  }

  async balance(): Promise<Balance> {
    const coins = await this.#coins();
    const sumOf = (some: readonly WalletCoin[]): number => some.reduce((sum, { satoshis }) => sum + satoshis, 0);
    return {
      satoshis: sumOf(coins),
      provedSatoshis: sumOf(coins.filter(({ isProved }) => isProved)),
      coins: coins.length,
    };
  }

  /** Goes on with what is signed and has no answer. Throws PAYD_MINER_UNAVAILABLE while there is still such a one. */
  async resume(): Promise<void> {
    for (const payout of await this.#options.payouts.all()) {
      const settled = await this.#serial.run(one, () => this.#settle(payout));
      if (settled.state === "signed")
        throw new PaydError("PAYD_MINER_UNAVAILABLE", `payout ${payout.id} waits for a miner`);
    }
  }

  idle(): Promise<void> {
    return this.#serial.idle();
  }

  async #sign(
    about: Pick<Payout, "id" | "kind" | "invoiceId" | "satoshis" | "feeSatoshis" | "script" | "reason">,
    coins: readonly WalletCoin[],
    changeSatoshis: number,
    rate: FeeRate,
  ): Promise<Payout> {
    const { invoices, payouts, masterKey, now } = this.#options;
    const key = changeSatoshis === 0 ? null : ({ chain: 1, index: await invoices.takeKeyIndex() } as const);
    const change = key === null ? null : { satoshis: changeSatoshis, key };
    const { satoshis, script, feeSatoshis } = about;
    const draft = { coins, satoshis, script, feeSatoshis, change, rate };
    const payout: Payout = {
      version: 1,
      ...about,
      createdAtMs: now(),
      ...(await signPayout(await masterKey(), draft)),
      inputs: coins.map(({ txid, vout }) => ({ txid, vout })),
      change: change && { vout: 1, ...change },
      state: "signed",
      refusal: null,
    };
    await payouts.add(payout);
    return payout;
  }

  /** Each step may be repeated: after a crash it is. A miner that is away leaves the payout signed. */
  async #settle(payout: Payout): Promise<Payout> {
    const { invoices, payouts, broadcast, logger } = this.#options;
    let settled = payout;
    if (payout.state === "signed") {
      try {
        const result = await broadcast(payout);
        const outcome = result.accepted
          ? ({ state: "broadcast", refusal: null } as const)
          : ({ state: "refused", refusal: result.reason } as const);
        settled = await payouts.settle(payout.id, outcome);
      } catch (error) {
        if (!isPaydError(error, "PAYD_MINER_UNAVAILABLE")) throw error;
        logger.warn({ payoutId: payout.id, reason: error.message }, "payout waits for the miner");
      }
    }
    const { id, txid, satoshis, feeSatoshis, invoiceId, createdAtMs, state } = settled;
    if (state === "broadcast" && invoiceId !== null) {
      const refund = { id, txid, satoshis, feeSatoshis, atMs: createdAtMs };
      await invoices.update(invoiceId, (invoice) => recordRefund(invoice, refund));
    }
    return settled;
  }

  /** What invoices have brought and change has brought back, without what was spent. */
  async #coins(): Promise<readonly WalletCoin[]> {
    const { invoices, payouts } = this.#options;
    const found = new Map<string, WalletCoin>();
    const add = (coin: WalletCoin): void => void found.set(outpointOf(coin), coin);
    for await (const invoice of invoices.all()) for (const coin of await invoices.coinsOf(invoice)) add(coin);
    const alive = (await payouts.all()).filter(({ state }) => state !== "refused");
    for (const { txid, change, state } of alive) {
      if (change !== null && state === "broadcast") add({ txid, isProved: false, ...change });
    }
    for (const { inputs } of alive) for (const input of inputs) found.delete(outpointOf(input));
    return [...found.values()];
  }
}

function coinsMissing(): PaydError {
  return new PaydError("PAYD_COINS_MISSING", "the wallet's coins are not enough for this and its fee");
}
