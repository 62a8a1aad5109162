const scalarBytes = 32;

/**
 * r and s of an ECDSA signature in DER, 32 bytes each. Null unless it is DER in its one form: shortest lengths, positive
 * shortest integers, nothing behind them. Whether they are below the order of the curve is not asked.
 */
export function compactSignature(der: Uint8Array): Uint8Array | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const compact = new Uint8Array(2 * scalarBytes);
  const afterR = readScalar(der, 2, compact, scalarBytes);
  const afterS = readScalar(der, afterR, compact, 2 * scalarBytes);
  return afterS === der.length ? compact : null;
}

/** Writes the integer so that it ends before `end`. Returns the position behind it; NaN: it is none. */
function readScalar(der: Uint8Array, at: number, compact: Uint8Array, end: number): number {
  const length = der[at + 1] ?? 0;
  let from = at + 2;
  const to = from + length;
  const first = der[from];
  if (der[at] !== 0x02 || length === 0 || first === undefined || to > der.length || first >= 0x80) return NaN;
  if (first === 0) {
    if (length > 1 && (der[from + 1] ?? 0) < 0x80) return NaN;
    from++;
  }
  if (to - from > scalarBytes) return NaN;
  compact.set(der.subarray(from, to), end - (to - from));
  return to;
}
