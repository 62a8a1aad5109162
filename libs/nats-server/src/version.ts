/** Reads `2.15.1` from what `nats-server --version` prints, e.g. `nats-server: v2.15.1`. */
export function parseVersion(text: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)\b/.exec(text)?.[1];
}

/** Negative, zero or positive, as for `Array.prototype.sort`. Both are `major.minor.patch`. */
export function compareVersions(left: string, right: string): number {
  const a = left.split(".").map(Number);
  const b = right.split(".").map(Number);
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isAtLeast(version: string, minimumVersion: string): boolean {
  return compareVersions(version, minimumVersion) >= 0;
}
