import { heldPayment } from "../invoice/held-payment.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { outpointOf, type WalletCoin } from "./coin.ts";
import type { Payout } from "./payout.ts";

/**
 * What invoices have brought and change has brought back, without what was spent. Payments in doubt are left out, and so is the change of
 * payouts that have spent one: such a payout is void if its payment is.
 */
export async function freeCoins(
  invoices: InvoiceRepository,
  payouts: readonly Payout[],
): Promise<readonly WalletCoin[]> {
  const free = new Map<string, WalletCoin>();
  const inDoubt = new Set<string>();
  for await (const invoice of invoices.all()) {
    const { payment, state } = invoice;
    if (payment === null || state === "paymentReceived") continue;
    const isHeld = heldPayment(invoice) !== null;
    for (const coin of await invoices.coinsOf(invoice, payment)) {
      if (isHeld) free.set(outpointOf(coin), coin);
      else inDoubt.add(outpointOf(coin));
    }
  }
  const alive = payouts.filter(({ state }) => state !== "refused").toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  for (const { txid, inputs, change, state } of alive) {
    if (change === null || state !== "broadcast") continue;
    const coin = { txid, isProved: false, ...change };
    if (inputs.some((input) => inDoubt.has(outpointOf(input)))) inDoubt.add(outpointOf(coin));
    else free.set(outpointOf(coin), coin);
  }
  for (const { inputs } of alive) for (const input of inputs) free.delete(outpointOf(input));
  const refused = payouts.filter(({ state }) => state === "refused").flatMap(({ inputs }) => inputs.map(outpointOf));
  for (const outpoint of refused) {
    const coin = free.get(outpoint);
    if (coin !== undefined) free.set(outpoint, { ...coin, wasRefused: true });
  }
  return [...free.values()];
}
