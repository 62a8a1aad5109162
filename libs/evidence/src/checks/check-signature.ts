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
    return failed("SIGNATURE", `The signature of the operator's key ${publicKey} does not verify.`, signature);
  }
  const { eventCount, state } = manifest.value;
  const outcome = `${counted(eventCount, "event")} up to the state ${state}`;
  const time = timeText(header.value.exportedAtMs);
  return proved(
    "SIGNATURE",
    `The operator's key ${publicKey} signed this file: ${outcome}, exported ${time}.`,
    signature,
  );
}

/** A signature is worth what is known of its key: that knowledge cannot come from the file. */
export function checkOperatorKey(file: EvidenceFile, trustedKeys: readonly string[]): EvidenceCheck {
  const { signature } = file;
  const { publicKey } = signature.value;
  if (trustedKeys.length === 0) {
    const statement = `Whose key ${publicKey} is, is not proved: compare it with the operator's key as you know it from elsewhere.`;
    return notProved("OPERATOR_KEY", statement, signature);
  }
  return trustedKeys.includes(publicKey)
    ? proved("OPERATOR_KEY", "The key that signed is one of those that you trust.", signature)
    : failed("OPERATOR_KEY", `The key that signed, ${publicKey}, is none of those that you trust.`, signature);
}
