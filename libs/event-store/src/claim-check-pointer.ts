/** What the log holds in place of an event that is too large for it. */
export interface ClaimCheckPointer {
  /** SHA-256 of the event's bytes, lower-case hex: the blob's key as well. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

const mark = new TextEncoder().encode('{"claimCheck":');

export function encodePointer({ sha256, sizeBytes }: ClaimCheckPointer): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ claimCheck: 1, sha256, sizeBytes }));
}

/** True for a pointer, and for every event that could be taken for one. */
export function looksLikePointer(bytes: Uint8Array): boolean {
  // Each event is asked twice, when it is appended and when it is heard: no closure.
  for (let i = 0; i < mark.length; i++) if (bytes[i] !== mark[i]) return false;
  return true;
}

/** Null: marked as a pointer, but none of ours. */
export function decodePointer(bytes: Uint8Array): ClaimCheckPointer | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { claimCheck, sha256, sizeBytes } = value;
    if (claimCheck !== 1 || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return null;
    return Number.isSafeInteger(sizeBytes) ? { sha256, sizeBytes: sizeBytes as number } : null;
  } catch {
    return null;
  }
}
