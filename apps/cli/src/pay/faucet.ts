import { PrivateKey } from "@bsv/sdk";
import { uuid } from "@p4/node-crypto";
import { fetchJson } from "./fetch-json.ts";
import type { Coin, Funding } from "./funding.ts";

interface FaucetAnswer {
  readonly txid: string;
  readonly vout: number;
  readonly satoshis: number;
  readonly beef: string;
}

/** Coins of a development miner, asked for when they are needed, to a fresh key each time. Nothing is kept. */
export function faucetFunding(minerUrl: string): Funding {
  const key = PrivateKey.fromRandom();
  return {
    coins: async (satoshis) => [await askFaucet(minerUrl, key, satoshis)],
    changeKey: () => key,
    unsettled: () => null,
    reserve: async () => undefined,
    renew: async (payment) => ({ ...payment, messageId: uuid() }),
    secretFor: () => null,
    settle: async () => undefined,
  };
}

export async function askFaucet(minerUrl: string, key: PrivateKey, satoshis: bigint): Promise<Coin> {
  const { txid, vout, beef, ...coin } = await fetchJson<FaucetAnswer>(`${minerUrl}/dev/faucet`, {
    what: "the faucet",
    body: { address: key.toAddress(), satoshis: Number(satoshis) },
  });
  return { txid, vout, satoshis: BigInt(coin.satoshis), beef, key };
}
