const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an nkey's text says, without its checksum, which is not looked at. */
export function bytesOfNkey(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of text) {
    held = ((held << 5) | letters.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Buffer.from(bytes.slice(0, -2));
}

/** As text, with its checksum: the first byte says what kind of a key it is. */
export function nkeyOf(bytes: Uint8Array): string {
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(crc16(bytes));
  return toBase32(Buffer.concat([bytes, sum]));
}

function toBase32(bytes: Uint8Array): string {
  let text = "";
  let [bits, held] = [0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += letters[(held >> (bits - 5)) & 31] ?? "";
  }
  return bits === 0 ? text : text + (letters[(held << (5 - bits)) & 31] ?? "");
}

/** CRC-16/XMODEM, as nkeys have it. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
