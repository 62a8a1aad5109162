const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const length = 16;

/**
 * A new invoice id of 16 letters and digits, without those that people confuse. It opens the channel, so it must not be
 * guessable: 57^16 is 93 bits. `randomBytes(n)` gives n random bytes.
 */
export function newInvoiceId(randomBytes: (count: number) => Uint8Array): string {
  // Bytes above the last full multiple of the alphabet would favour its first letters.
  const limit = 256 - (256 % alphabet.length);
  let id = "";
  while (id.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && id.length < length) id += alphabet[byte % alphabet.length] ?? "";
    }
  }
  return id;
}
