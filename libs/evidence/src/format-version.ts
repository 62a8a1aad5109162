/**
 * The version in a file's first bytes, `name/version `, when it is above `known`; null otherwise. It is looked at before
 * anything else: a newer version may have other rules for its lines.
 */
export function newerVersion(bytes: Uint8Array, name: string, known: number): number | null {
  const start = String.fromCharCode(...bytes.subarray(0, name.length + 8));
  const match = /^([a-z0-9]+)\/([1-9]\d{0,5}) /.exec(start);
  if (match === null || match[1] !== name) return null;
  const version = Number(match[2]);
  return version > known ? version : null;
}
