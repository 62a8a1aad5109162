import type { Bump } from "./bump.ts";
import { bytesToHex, concatBytes } from "./bytes.ts";
import { compactSize } from "./compact-size.ts";

export function encodeBump(bump: Bump): Uint8Array {
  const parts: Uint8Array[] = [compactSize(bump.blockHeight), Uint8Array.of(bump.path.length)];
  for (const level of bump.path) {
    parts.push(compactSize(level.length));
    for (const { offset, hash, isTxid } of level) {
      parts.push(compactSize(offset), Uint8Array.of(hash === null ? 1 : isTxid ? 2 : 0));
      if (hash !== null) parts.push(hash);
    }
  }
  return concatBytes(parts);
}

export function encodeBumpHex(bump: Bump): string {
  return bytesToHex(encodeBump(bump));
}
