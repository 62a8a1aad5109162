import { StoreError } from "@p4/event-store";

/** Per-key time to live with delete markers works from this version on. */
export const minimumServerVersion = "2.11.2";

/** Throws STORE_SERVER_TOO_OLD. A pre-release counts as its release. */
export function assertServerVersion(version: string, url: string, wanted: string = minimumServerVersion): void {
  if (isAtLeast(version, wanted)) return;
  throw new StoreError("STORE_SERVER_TOO_OLD", `${url} runs ${version}; upgrade nats-server to ${wanted}`);
}

export function isAtLeast(version: string, least: string): boolean {
  const [found, wanted] = [parse(version), parse(least)];
  for (let i = 0; i < 3; i++) {
    const difference = (found[i] ?? 0) - (wanted[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function parse(version: string): number[] {
  return (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
}
