import type { SpvCrypto } from "@p4/spv";
import type { EvidenceFile } from "../evidence-file.ts";
import { failed, notProved, proved, type EvidenceCheck } from "../report.ts";
import { isSignedBy } from "../signing.ts";
import { counted } from "../counted.ts";
import { manifestStatement } from "../statements.ts";
import { timeText } from "../time-text.ts";

export function checkSignature(file: EvidenceFile, crypto: SpvCrypto): EvidenceCheck {
  const { header, signature, manifest, manifestSha256 } = file;
  const { publicKey } = signature.value;
  if (publicKey !== header.value.operatorKey) {
    return failed("SIGNATURE", `The key that signed, ${publicKey}, is not the header's operator key.`, signature);
  }
  if (!isSignedBy(manifestStatement(manifestSha256), signature.value, crypto)) {
    return failed("SIGNATURE", `The signature of the key ${publicKey} does not verify.`, signature);
  }
  const { eventCount, state } = manifest.value;
  const outcome = `${counted(eventCount, "event")} up to the state ${state}`;
  const time = timeText(header.value.exportedAtMs);
  return proved("SIGNATURE", `A key signed this file: ${outcome}, exported ${time}. It is ${publicKey}.`, signature);
}

/**
 * A signature is worth what is known of its key: that knowledge cannot come from the file. Not proved unless the key is one
 * of those given; failed when it is none of `trustedKeys`. Those stand alone: `knownKeys` count where there are none.
 */
export function checkOperatorKey(
  file: EvidenceFile,
  trustedKeys: readonly string[],
  knownKeys: readonly string[],
): EvidenceCheck {
  const { signature } = file;
  const { publicKey } = signature.value;
  if (trustedKeys.length > 0) {
    return trustedKeys.includes(publicKey)
      ? proved("OPERATOR_KEY", "The key that signed is one of those that you trust.", signature)
      : failed("OPERATOR_KEY", `The key that signed, ${publicKey}, is none of those that you trust.`, signature);
  }
  if (knownKeys.includes(publicKey)) {
    return proved("OPERATOR_KEY", "The key that signed is one that is known here as an operator's.", signature);
  }
  const statement = `Whose key ${publicKey} is, is not proved, and any key can sign any history: compare it with the operator's key as you know it from elsewhere.`;
  return notProved("OPERATOR_KEY", statement, signature);
}
