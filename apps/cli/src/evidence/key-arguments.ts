import { isPublicKey } from "@p4/evidence";
import { InvalidArgumentError } from "commander";

/** About `--trusted-key`, wherever a signature is judged. */
export const trustedKeyHelp = "the operator's public key, as you know it; may be repeated";

/** Collects a repeatable option. */
export function publicKeyArgument(text: string, earlier: readonly string[] = []): readonly string[] {
  const key = text.toLowerCase();
  if (!isPublicKey(key)) {
    throw new InvalidArgumentError("A public key is 66 hex digits that start with 02 or 03 (compressed).");
  }
  return [...earlier, key];
}

export function rootArgument(text: string, earlier: readonly string[] = []): readonly string[] {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("The root of an anchor is 64 hex digits.");
  return [...earlier, text.toLowerCase()];
}

export function fileArgument(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
