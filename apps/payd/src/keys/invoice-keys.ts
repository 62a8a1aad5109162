import { P2PKH, type HD } from "@bsv/sdk";

/** BIP44: purpose, coin type 236 (Bitcoin SV), account 0, external chain. */
export const receivingPath = "m/44'/236'/0'/0";

/** Keys of invoices: one child of the receiving chain per index. */
export interface InvoiceKeys {
  /** Locking script as hex: pay to the hash of the key at this index. */
  lockingScript(keyIndex: number): string;
}

export function createInvoiceKeys(master: HD): InvoiceKeys {
  // Only public keys from here on: nothing that stays in memory can spend.
  const receiving = master.derive(receivingPath).toPublic();
  return {
    lockingScript: (keyIndex) => new P2PKH().lock(receiving.deriveChild(keyIndex).pubKey.toHash()).toHex(),
  };
}
