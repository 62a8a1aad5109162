import { createHmac } from "node:crypto";
import { readFile, realpath, rename, writeFile } from "node:fs/promises";
import { PrivateKey } from "@bsv/sdk";
import { uuid } from "@p4/node-crypto";
import { CliError, isCliError } from "../cli-error.ts";
import { withFileLock } from "./file-lock.ts";
import type { Coin, Funding, SignedPayment } from "./funding.ts";

/** On disk. Amounts are decimal text, so that no reader rounds them. */
interface WalletJson {
  readonly version: 1;
  readonly wif: string;
  readonly coins: readonly StoredCoin[];
  /** Signed payments whose outcome is not known; the coins they spend are not in `coins` any more. */
  readonly unsettled: readonly StoredPayment[];
}

interface StoredCoin {
  readonly txid: string;
  readonly vout: number;
  readonly satoshis: string;
  readonly beef: string;
}

interface StoredPayment extends Omit<SignedPayment, "satoshis" | "feeSatoshis" | "spent" | "change"> {
  readonly satoshis: string;
  readonly feeSatoshis: string;
  readonly spent: readonly StoredCoin[];
  readonly change: StoredCoin | null;
}

/** What is not known yet of a payment: whether it is paid. */
export interface PendingPayment {
  readonly payment: SignedPayment;
  /** In satoshis. */
  readonly held: bigint;
}

/** A file with one key and its coins: enough for trials and tests, no place for savings. */
export class WalletFile implements Funding {
  readonly #path: string;
  readonly #key: PrivateKey;
  #wallet: WalletJson;

  private constructor(path: string, wallet: WalletJson) {
    this.#path = path;
    this.#wallet = wallet;
    this.#key = PrivateKey.fromWif(wallet.wif);
  }

  /** Throws a CliError when the file exists. */
  static async create(path: string): Promise<WalletFile> {
    const wallet: WalletJson = { version: 1, wif: PrivateKey.fromRandom().toWif(), coins: [], unsettled: [] };
    try {
      await writeFile(path, toText(wallet), { flag: "wx", mode: 0o600 });
    } catch (error) {
      throw fileError(error, path);
    }
    return new WalletFile(path, wallet);
  }

  static async open(path: string): Promise<WalletFile> {
    try {
      // A link's own place is not written to: the file that it leads to would keep coins that are spent.
      const place = await realpath(path);
      return new WalletFile(place, await readWallet(place));
    } catch (error) {
      throw fileError(error, path);
    }
  }

  get address(): string {
    return this.#key.toAddress();
  }

  get satoshis(): bigint {
    return sumOf(this.#wallet.coins);
  }

  /** Payments whose outcome is not known, with the coins that they hold. */
  get pending(): readonly PendingPayment[] {
    return this.#wallet.unsettled.map((entry) => ({ payment: paymentOf(entry), held: sumOf(entry.spent) }));
  }

  changeKey(): PrivateKey {
    return this.#key;
  }

  async add(coin: Coin): Promise<void> {
    await this.#update((wallet) => ({ ...wallet, coins: [...wallet.coins, stored(coin)] }));
  }

  async coins(satoshis: bigint): Promise<readonly Coin[]> {
    const chosen: Coin[] = [];
    let sum = 0n;
    // The largest first: each coin makes the transaction longer, and the smallest do not pay for their own bytes.
    const coins = this.#wallet.coins.toSorted((left, right) => Number(BigInt(right.satoshis) - BigInt(left.satoshis)));
    for (const coin of coins) {
      if (sum >= satoshis) break;
      chosen.push({ ...coin, satoshis: BigInt(coin.satoshis), key: this.#key });
      sum += BigInt(coin.satoshis);
    }
    if (sum >= satoshis) return chosen;
    const next = `Send coins to ${this.address}, or try: p4 wallet fund ${this.#path} --faucet http://127.0.0.1:8444`;
    throw new CliError("failed", `${this.#path} holds ${sum} satoshis, ${satoshis} are needed`, next, "NO_COINS");
  }

  unsettled(channelId: string): SignedPayment | null {
    const entry = this.#wallet.unsettled.find((candidate) => candidate.channelId === channelId);
    return entry === undefined ? null : paymentOf(entry);
  }

  secretFor(channelId: string): string {
    return createHmac("sha256", this.#wallet.wif).update(`p4-wallet ${channelId}`).digest("hex");
  }

  async renew(payment: SignedPayment): Promise<SignedPayment> {
    const messageId = uuid();
    await this.#update((wallet) => ({
      ...wallet,
      unsettled: wallet.unsettled.map((entry) =>
        entry.messageId === payment.messageId ? { ...entry, messageId } : entry,
      ),
    }));
    return { ...payment, messageId };
  }

  /** Throws a CliError, before anything is paid, when another `p4` pays with the same coins or on the same channel. */
  async reserve(payment: SignedPayment): Promise<void> {
    const isSpent = ({ txid, vout }: StoredCoin): boolean =>
      payment.spent.some((coin) => coin.txid === txid && coin.vout === vout);
    const entry: Omit<StoredPayment, "spent"> = {
      channelId: payment.channelId,
      ...(payment.server === undefined ? {} : { server: payment.server }),
      messageId: payment.messageId,
      bodyText: payment.bodyText,
      txid: payment.txid,
      satoshis: String(payment.satoshis),
      feeSatoshis: String(payment.feeSatoshis),
      change: payment.change && stored(payment.change),
    };
    await this.#update((wallet) => {
      const spent = wallet.coins.filter(isSpent);
      const isPaying = wallet.unsettled.some(({ channelId }) => channelId === payment.channelId);
      if (isPaying || spent.length !== payment.spent.length) {
        const problem = `another p4 has used ${this.#path} meanwhile; nothing was paid`;
        throw new CliError("failed", problem, "The same command goes on with what is there now.", "WALLET_IN_USE");
      }
      const coins = wallet.coins.filter((coin) => !isSpent(coin));
      return { ...wallet, coins, unsettled: [...wallet.unsettled, { ...entry, spent }] };
    });
  }

  async settle(payment: SignedPayment, accepted: boolean): Promise<void> {
    await this.#update((wallet) => {
      const entry = wallet.unsettled.find(({ messageId }) => messageId === payment.messageId);
      if (entry === undefined) return wallet;
      const returned = accepted ? [entry.change].filter((coin) => coin !== null) : entry.spent;
      return {
        ...wallet,
        coins: [...wallet.coins, ...returned],
        unsettled: wallet.unsettled.filter((candidate) => candidate !== entry),
      };
    });
  }

  /**
   * Changes what is in the file now: another `p4` may have changed it since it was opened, and waits while this one does.
   * Through a second file, so that a crash leaves the old wallet or the new one, never half of one.
   */
  async #update(change: (wallet: WalletJson) => WalletJson): Promise<void> {
    const next = `${this.#path}.${process.pid}.next`;
    try {
      await withFileLock(this.#path, async () => {
        const wallet = change(await readWallet(this.#path));
        await writeFile(next, toText(wallet), { mode: 0o600, flush: true });
        await rename(next, this.#path);
        this.#wallet = wallet;
      });
    } catch (error) {
      throw isCliError(error) ? error : fileError(error, this.#path);
    }
  }
}

async function readWallet(path: string): Promise<WalletJson> {
  const wallet = JSON.parse(await readFile(path, "utf8")) as WalletJson;
  if (wallet.version !== 1) throw new SyntaxError("not version 1");
  return wallet;
}

function paymentOf(entry: StoredPayment): SignedPayment {
  const { change } = entry;
  return {
    ...entry,
    satoshis: BigInt(entry.satoshis),
    feeSatoshis: BigInt(entry.feeSatoshis),
    change: change && { ...change, satoshis: BigInt(change.satoshis) },
  };
}

function stored({ txid, vout, satoshis, beef }: Omit<Coin, "key">): StoredCoin {
  return { txid, vout, satoshis: String(satoshis), beef };
}

function sumOf(coins: readonly StoredCoin[]): bigint {
  return coins.reduce((sum, { satoshis }) => sum + BigInt(satoshis), 0n);
}

function toText(wallet: WalletJson): string {
  return `${JSON.stringify(wallet, null, 2)}\n`;
}

function fileError(error: unknown, path: string): CliError {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return new CliError("misuse", `there is no wallet file ${path}`, `Make one: p4 wallet new ${path}`);
    case "EEXIST":
      return new CliError("misuse", `${path} exists already`, "Choose another name: a wallet is never overwritten.");
    default:
      return new CliError("failed", `${path} cannot be used as a wallet: ${(error as Error).message}`);
  }
}
