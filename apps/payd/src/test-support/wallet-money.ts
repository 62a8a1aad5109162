import { P2PKH, PrivateKey, Transaction } from "@bsv/sdk";
import type { InvoiceView, WalletHarness } from "./wallet-harness.ts";

/** Of the customer, for money that goes back, and of the merchant's cold wallet. */
export const address = PrivateKey.fromHex("77".repeat(32)).toAddress();
export const addressScript = new P2PKH().lock(address).toHex();

export interface PayoutView {
  readonly id: string;
  readonly state: string;
  readonly satoshis: number;
  readonly feeSatoshis: number;
  readonly script: string;
  readonly txid: string;
  readonly rawTx: string;
  readonly code: string;
}

/** Of the transactions that it spends. */
export function sourcesOf({ rawTx }: PayoutView): (string | undefined)[] {
  return Transaction.fromHex(rawTx).inputs.map(({ sourceTXID }) => sourceTXID);
}

/** What tests do with a wallet's money. */
export class WalletMoney {
  readonly #wallet: WalletHarness;

  constructor(wallet: WalletHarness) {
    this.#wallet = wallet;
  }

  async paidInvoice(satoshis = 10_000, more: object = {}): Promise<InvoiceView> {
    const wallet = this.#wallet;
    const { id } = await wallet.createInvoice({ satoshis, ...more });
    const { outputs } = await wallet.read(id);
    const { body } = await wallet.coins.pay(outputs);
    await wallet.ask(id, "payment", { ...body, refundTo: address }, `pay-${id}`);
    return wallet.inState(id, "paid");
  }

  async prove({ id, payment }: InvoiceView): Promise<InvoiceView> {
    const wallet = this.#wallet;
    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(payment?.txid ?? "")));
    return wallet.inState(id, "proved");
  }

  async refund(id: string, body: object = {}, headers = {}): Promise<[number, PayoutView]> {
    const response = await this.#wallet.post(`/api/v1/invoices/${id}/refunds`, body, headers);
    return [response.status, (await response.json()) as PayoutView];
  }

  async balance(): Promise<number> {
    return ((await (await fetch(`${this.#wallet.url}/api/v1/wallet`)).json()) as { satoshis: number }).satoshis;
  }

  /** Of a column of the export of all invoices. */
  async exported(column: string): Promise<number> {
    const text = await (await fetch(`${this.#wallet.url}/api/v1/export.csv`)).text();
    const [head = "", ...rows] = text.trimEnd().split("\r\n");
    const index = head.split(",").indexOf(column);
    return rows.reduce((sum, row) => sum + Number(row.split(",")[index]), 0);
  }
}
