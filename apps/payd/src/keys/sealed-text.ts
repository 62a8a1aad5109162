import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

/** As it lies in the file: JSON, bytes as base64url. */
interface Sealed {
  readonly sealed: "scrypt-aes-256-gcm";
  readonly logN: number;
  readonly salt: string;
  readonly nonce: string;
  readonly text: string;
}

/** 32 MiB, three times over, for each guess of a passphrase. */
const logN = 15;
/** An upper bound for files from elsewhere. */
const maxLogN = 20;

/** Encrypts a text with a passphrase. */
export function sealText(text: string, passphrase: string): string {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", keyOf(passphrase, salt, logN), nonce);
  const bytes = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  const [saltText, nonceText, sealedText] = [salt, nonce, bytes].map((part) => part.toString("base64url"));
  return JSON.stringify({ sealed: "scrypt-aes-256-gcm", logN, salt: saltText, nonce: nonceText, text: sealedText });
}

export function isSealed(text: string): boolean {
  return text.trimStart().startsWith("{");
}

/** Null: another passphrase, or the text is damaged. */
export function openSealedText(sealed: string, passphrase: string): string | null {
  try {
    const { sealed: kind, logN: work, salt, nonce, text } = JSON.parse(sealed) as Sealed;
    if (kind !== "scrypt-aes-256-gcm" || !Number.isInteger(work) || work < 14 || work > maxLogN) return null;
    const bytes = Buffer.from(text, "base64url");
    const key = keyOf(passphrase, Buffer.from(salt, "base64url"), work);
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

function keyOf(passphrase: string, salt: Uint8Array, work: number): Buffer {
  return scryptSync(passphrase.normalize("NFKC"), salt, 32, {
    N: 2 ** work,
    r: 8,
    p: 3,
    maxmem: 2 ** work * 1_024 + 2 ** 20,
  });
}
