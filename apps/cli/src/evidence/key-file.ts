import { openKeyFile as open, operatorKeyPath, readKeyFile, type SigningKey } from "@p4/operator";
import { readConfig } from "../operator/read-config.ts";
import type { VerbContext } from "../verb.ts";

export { operatorKeyPath, type SigningKey };

/** Reads a private key, or makes one and says so. Throws a CliError: KEY_INVALID, KEY_EXPOSED, KEY_UNREADABLE. */
export function openKeyFile({ terminal }: Pick<VerbContext, "terminal">, path: string): Promise<SigningKey> {
  return open(path, (line) => terminal.err(line));
}

/**
 * The public keys whose signatures count here without being named: those of the file operator-keys, and that of the operator's
 * key file, where there is one. A key file that cannot be used counts for nothing, and that is said.
 */
export async function knownOperatorKeys(context: Pick<VerbContext, "env" | "progress">): Promise<readonly string[]> {
  const config = readConfig(context);
  const named = (config.operatorKeys ?? []).map((key) => key.toLowerCase());
  try {
    const own = await readKeyFile(operatorKeyPath(config));
    return own === null ? named : [...named, own.publicKey];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.progress(`this machine's own key is left out: ${reason}`);
    return named;
  }
}
