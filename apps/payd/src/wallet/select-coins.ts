import type { FeeRate } from "@p4/spv";
import type { WalletCoin } from "./coin.ts";

export interface CoinSelection {
  readonly coins: readonly WalletCoin[];
  readonly feeSatoshis: number;
  /** 0: none. */
  readonly changeSatoshis: number;
}

/** Version, lock time, and the counts of inputs and outputs at their longest here. */
const overheadBytes = 14;
/** An input that spends P2PKH with a compressed key. */
const inputBytes = 149;
const outputBytes = 34;
/** Signing takes time for each; what is left over goes into the next transaction. */
export const maxInputs = 500;

export interface Spending {
  readonly satoshis: number;
  readonly scriptBytes: number;
  /** Which coins come before all others. Default: none. */
  readonly isFirst?: (coin: WalletCoin) => boolean;
}

/**
 * Coins for an output of `satoshis` to a script of `scriptBytes`, and the fee at the rate, rounded up. Each coin makes the transaction
 * longer: coins are taken until they pay for themselves as well, those with a proof and the largest first. Null: there are not enough.
 */
export function selectCoins(coins: readonly WalletCoin[], spending: Spending, rate: FeeRate): CoinSelection | null {
  const ordered = inOrder(coins, rate);
  // Where those with a proof are many and small, the largest may still do.
  return take(ordered, spending, rate) ?? take(ordered.toSorted(bySize), spending, rate);
}

function take(
  ordered: readonly WalletCoin[],
  { satoshis, scriptBytes, isFirst = () => false }: Spending,
  rate: FeeRate,
): CoinSelection | null {
  const chosen: WalletCoin[] = [];
  let sum = 0;
  for (const coin of [...ordered.filter(isFirst), ...ordered.filter((one) => !isFirst(one))]) {
    if (chosen.length >= maxInputs) return null;
    chosen.push(coin);
    sum += coin.satoshis;
    const withoutChange = feeOf(bytesOf(chosen.length, scriptBytes), rate);
    if (sum < satoshis + withoutChange) continue;
    const withChange = feeOf(bytesOf(chosen.length, scriptBytes) + outputBytes, rate);
    const changeSatoshis = Math.max(0, sum - satoshis - withChange);
    return { coins: chosen, changeSatoshis, feeSatoshis: sum - satoshis - changeSatoshis };
  }
  return null;
}

/**
 * All that one transaction can take, to one output; those of a payout that was refused only where there are no others, as one of them would
 * keep all the rest back. Null: the coins do not pay for their own bytes.
 */
export function selectAll(
  coins: readonly WalletCoin[],
  scriptBytes: number,
  rate: FeeRate,
): { readonly coins: readonly WalletCoin[]; readonly satoshis: number; readonly feeSatoshis: number } | null {
  const ordered = inOrder(coins, rate);
  const sound = ordered.filter((coin) => !isSuspect(coin));
  const chosen = (sound.length === 0 ? ordered : sound).slice(0, maxInputs);
  const sum = chosen.reduce((total, { satoshis }) => total + satoshis, 0);
  const feeSatoshis = feeOf(bytesOf(chosen.length, scriptBytes), rate);
  return sum > feeSatoshis ? { coins: chosen, satoshis: sum - feeSatoshis, feeSatoshis } : null;
}

/** A coin that costs more than it brings is left where it is. Those of a payout that was refused come last: it would be refused again. */
function inOrder(coins: readonly WalletCoin[], rate: FeeRate): readonly WalletCoin[] {
  return coins
    .filter(({ satoshis }) => satoshis > feeOf(inputBytes, rate))
    .toSorted((a, b) => {
      return Number(isSuspect(a)) - Number(isSuspect(b)) || Number(b.isProved) - Number(a.isProved) || bySize(a, b);
    });
}

const isSuspect = ({ wasRefused = false }: WalletCoin): boolean => wasRefused;
const bySize = (a: WalletCoin, b: WalletCoin): number => b.satoshis - a.satoshis;

function bytesOf(inputs: number, scriptBytes: number): number {
  return overheadBytes + inputs * inputBytes + 9 + scriptBytes;
}

function feeOf(bytes: number, rate: FeeRate): number {
  return Math.ceil((bytes * rate.satoshis) / rate.bytes);
}
