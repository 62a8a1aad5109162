import { signEnvelope } from "@p4/spv";
import { PrivateKey } from "@bsv/sdk";

/** Seals mAPI payloads. Nothing leaves the miner's mAPI unsigned. */
export interface EnvelopeSigner {
  /** The public key in hex, which mAPI makes the miner's id. */
  readonly minerId: string;
  /** The whole JSON envelope for a payload. */
  seal(payload: object): string;
}

export function createEnvelopeSigner(privateKeyHex: string): EnvelopeSigner {
  return {
    minerId: PrivateKey.fromHex(privateKeyHex).toPublicKey().toString(),
    seal: (payload) => signEnvelope(JSON.stringify(payload), privateKeyHex),
  };
}
