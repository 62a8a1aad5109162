/** What a wallet is opened with: BIP275's form, with the payment URL alone. */
export function paymentUri(paymentUrl: string): string {
  return `bitcoin:?sv&r=${encodeURIComponent(paymentUrl)}`;
}
