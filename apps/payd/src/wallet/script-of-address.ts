import { P2PKH } from "@bsv/sdk";

/** The locking script of an address, hex; null for what is none. */
export function scriptOfAddress(text: string): string | null {
  if (!/^[1mn][1-9A-HJ-NP-Za-km-z]{24,34}$/.test(text)) return null;
  try {
    return new P2PKH().lock(text).toHex();
  } catch {
    return null;
  }
}
