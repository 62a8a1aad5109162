import { P2PKH, PrivateKey } from "@bsv/sdk";
import { merchant, type MerchantSession } from "@p4/client";
import { recordedSocket, type Record } from "./recorded-socket.ts";

const satoshis = 1_500;

/** A shop in this page: asks for a small sum to a throw-away key, and accepts any transaction. */
export async function openShop(socketUrl: string, record: Record): Promise<MerchantSession> {
  const session = merchant(socketUrl, { appId: "p4/try", webSocket: recordedSocket("merchant", record) });
  const script = new P2PKH().lock(PrivateKey.fromRandom().toAddress()).toHex();
  session.onTermsRequested(() => ({
    network: "regtest",
    memo: "two teas, from a shop in this page",
    creationTimestamp: new Date().toISOString(),
    expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString(),
    destinations: { outputs: [{ amount: satoshis, script }] },
    merchantData: { name: "Shop in this page", extendedData: { paymentReference: session.channelId } },
    fees: { standard: { miningFee: { satoshis: 50, bytes: 1_000 }, relayFee: { satoshis: 50, bytes: 1_000 } } },
  }));
  session.onPayment(({ bodyText }) =>
    bodyText?.includes("rawTx")
      ? { memo: "thank you; this shop sends nothing to a miner, so no proof will come" }
      : { error: 1, memo: "there is no transaction in it" },
  );
  await session.joined();
  return session;
}
