/**
 * The payment terms' messages have two names each: the canonical `paymentrequest.*`, and the `paymentterms.*` of wallets
 * that follow the TSC's wording (ElectrumSV and its proxy). Such a wallet ends a connection that uses the others.
 */
export type TermsNames = "paymentrequest" | "paymentterms";

const termsNameByKey: ReadonlyMap<string, string> = new Map([
  ["paymentrequest.create", "paymentterms.create"],
  ["paymentrequest.response", "paymentterms.response"],
  ["paymentrequest.error", "paymentterms.error"],
]);

const keyByTermsName: ReadonlyMap<string, string> = new Map([...termsNameByKey].map(([key, name]) => [name, key]));

/** The catalogue's key of a message that a peer calls `name`. */
export function canonicalKey(name: string): string {
  return keyByTermsName.get(name) ?? name;
}

/** What a peer that uses `names` calls the message `key`. */
export function nameOfKey(key: string, names: TermsNames): string {
  return names === "paymentrequest" ? key : (termsNameByKey.get(key) ?? key);
}

/** Which names a peer uses that calls a message `name`; `null` when the name is the same in both. */
export function termsNamesShownBy(name: string): TermsNames | null {
  if (keyByTermsName.has(name)) return "paymentterms";
  return termsNameByKey.has(name) ? "paymentrequest" : null;
}

/** All that a deployed wallet with these names knows. Anything else, an error message too, ends its connection. */
const knownToTermsWallets: ReadonlySet<string> = new Set([
  ...termsNameByKey.keys(),
  "join.success",
  "payment",
  "payment.ack",
  "payment.error",
  "channel.expired",
]);

/** Whether a deployed wallet that uses `paymentterms.*` knows the message with this canonical key. */
export function isKnownToTermsWallets(key: string): boolean {
  return knownToTermsWallets.has(key);
}
