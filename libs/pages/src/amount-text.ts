const satoshisPerBsv = 100_000_000n;

/** Whole satoshis with commas: `1,500`. Exact for any amount. */
export function satoshisText(satoshis: number | bigint): string {
  return group(String(BigInt(satoshis)));
}

/** The same amount in BSV, all eight places: `0.00001500`. */
export function bsvText(satoshis: number | bigint): string {
  const whole = BigInt(satoshis);
  const places = String(whole % satoshisPerBsv).padStart(8, "0");
  return `${group(String(whole / satoshisPerBsv))}.${places}`;
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}
