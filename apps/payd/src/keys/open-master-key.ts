import { createHash } from "node:crypto";
import type { HD } from "@bsv/sdk";
import { PaydError } from "../errors.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { createInvoiceKeys } from "./invoice-keys.ts";
import { createMasterKey, loadMasterKey, sealMasterKey } from "./master-key.ts";

/**
 * The master key of the invoices in the store, whose fingerprint lies beside them: with another key the wallet would ask for
 * money at addresses that the backup of the old one does not restore. A key is made only for a store without invoices.
 *
 * With a passphrase the file is encrypted: one that lies open is, once it is known to be the right one.
 *
 * Throws PaydError PAYD_KEY_FILE, PAYD_KEY_PASSPHRASE, PAYD_KEY_MISSING, PAYD_KEY_MISMATCH, or a store error.
 */
export async function openMasterKey(
  path: string,
  invoices: InvoiceRepository,
  passphrase: string | null = null,
): Promise<HD> {
  const bound = await invoices.readKeyFingerprint();
  const known = bound === null ? await invoices.any() : null;
  const loaded = await loadMasterKey(path, passphrase);
  if (loaded === null && (bound !== null || known !== null)) {
    const whose = bound === null ? "" : ` of the key ${short(bound)}`;
    throw new PaydError(
      "PAYD_KEY_MISSING",
      `the store has invoices${whose}, but ${path} is not there: restore it from your backup, or set P4_DATA_DIR to its folder`,
    );
  }
  const key = loaded ?? (await createMasterKey(path, passphrase));
  const fingerprint = fingerprintOf(key);
  // Invoices of a version that kept no fingerprint: their addresses tell.
  const isOther = known !== null && createInvoiceKeys(key).lockingScript(known.keyIndex) !== known.lockingScript;
  const stored = isOther ? null : await invoices.bindKey(fingerprint);
  if (stored === fingerprint) {
    if (passphrase !== null) await sealMasterKey(path, passphrase);
    return key;
  }
  const theirs = stored === null ? "another key" : `the key ${short(stored)}`;
  throw new PaydError(
    "PAYD_KEY_MISMATCH",
    `the invoices in the store are of ${theirs}, ${path} holds ${short(fingerprint)}: restore the file from your backup, or set P4_DATA_DIR to its folder`,
  );
}

/** SHA-256 of the public key, hex: names the key and tells nothing of it. */
export function fingerprintOf(key: HD): string {
  return createHash("sha256").update(key.pubKey.toString()).digest("hex");
}

const short = (fingerprint: string): string => fingerprint.slice(0, 16);
