/** Bitcoin's CompactSize ("varint") in its shortest form. `value`: 0 to 2^53 - 1. */
export function compactSize(value: number): Uint8Array {
  if (value < 0xfd) return Uint8Array.of(value);
  if (value <= 0xffff) return Uint8Array.of(0xfd, value & 0xff, value >> 8);
  const long = value > 0xffff_ffff;
  const bytes = new Uint8Array(long ? 9 : 5);
  const view = new DataView(bytes.buffer);
  bytes[0] = long ? 0xff : 0xfe;
  if (long) view.setBigUint64(1, BigInt(value), true);
  else view.setUint32(1, value, true);
  return bytes;
}
