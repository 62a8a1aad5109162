import { sha256Hex } from "@p4/node-crypto";

/** What the log has of the secret that a wallet shows on each of its joins: enough to know it again, and not to be it. */
export function subjectOf(secret: string): string {
  return sha256Hex(`p4-wallet-v1\n${secret}`).slice(0, 32);
}
