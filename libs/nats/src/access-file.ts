import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, constants, type Stats } from "node:fs";
import { nkeys } from "@nats-io/transport-node";
import { AccessError } from "./access-error.ts";
import { isUserSeed } from "./user-signer.ts";

/** How a user is known to the broker. An nkey's seed and that of a .creds file never leave this machine. */
export type Login =
  | { readonly kind: "nkey"; readonly seed: string }
  | { readonly kind: "creds"; readonly text: string }
  | { readonly kind: "password"; readonly user: string; readonly password: string };

export interface AccessFile {
  readonly kind: "login" | "certificate" | "key" | "certificate and key";
  readonly login: Login | null;
  readonly certificate: X509Certificate | null;
  readonly key: KeyObject | null;
}

const largestBytes = 65_536;
const begins = (label: string): RegExp => new RegExp(`^-----BEGIN ${label}-----\\r?$`, "m");
const certificateBegins = begins("CERTIFICATE");
const keyBegins = begins("(?:[A-Z]+ )?PRIVATE KEY");
const credsBegin = begins("NATS USER JWT");
const credsSeed = /^-+BEGIN USER NKEY SEED-+\r?\n\s*(\S+)/m;
const seedOfAnyKind = /^S[ACNOUX][A-Z2-7]{56}$/;
const userAndPassword = /^([A-Za-z0-9_.@-]+):(\S+)$/;

/** Reads one file; its content tells what it is. Throws AccessError, also for a secret that other users may read. */
export function readAccessFile(path: string): AccessFile {
  const { text, stats } = read(path);
  const fail = (problem: string, cause?: unknown): AccessError => {
    return new AccessError(`${path} ${problem}`, { cause });
  };
  const isSecret = keyBegins.test(text) || !certificateBegins.test(text);
  if (isSecret && isExposed(stats))
    throw fail("may be read by other users: chmod 600, and replace what they have read");
  if (credsBegin.test(text)) {
    assertUserSeed(credsSeed.exec(text)?.[1] ?? "", fail);
    return loginFile({ kind: "creds", text });
  }
  if (certificateBegins.test(text) || keyBegins.test(text)) return pemFile(text, fail);
  const line = text.trim();
  if (seedOfAnyKind.test(line)) {
    assertUserSeed(line, fail);
    return loginFile({ kind: "nkey", seed: line });
  }
  const [, user, password] = userAndPassword.exec(line) ?? [];
  if (user !== undefined && password !== undefined) return loginFile({ kind: "password", user, password });
  throw fail(
    "holds neither an nkey seed (SU...), a .creds file, user:password, nor a certificate or private key in PEM",
  );
}

function loginFile(login: Login): AccessFile {
  return { kind: "login", login, certificate: null, key: null };
}

function pemFile(text: string, fail: (problem: string, cause?: unknown) => AccessError): AccessFile {
  let certificate: X509Certificate | null = null;
  let key: KeyObject | null = null;
  try {
    // The first one is this program's own; those behind it lead to who signed it.
    if (certificateBegins.test(text)) certificate = new X509Certificate(text.slice(text.search(certificateBegins)));
  } catch (cause) {
    throw fail("holds a certificate that cannot be read", cause);
  }
  try {
    if (keyBegins.test(text)) key = createPrivateKey(text.slice(text.search(keyBegins)));
  } catch (cause) {
    throw fail("holds a private key that cannot be read; one with a passphrase has to be decrypted first", cause);
  }
  const kind = certificate === null ? "key" : key === null ? "certificate" : "certificate and key";
  return { kind, login: null, certificate, key };
}

function assertUserSeed(seed: string, fail: (problem: string, cause?: unknown) => AccessError): void {
  try {
    nkeys.fromSeed(new TextEncoder().encode(seed));
  } catch {
    // The cause might show part of the seed.
    throw fail("holds a seed that cannot be read");
  }
  if (!isUserSeed(seed)) throw fail("holds a seed that is not of a user: those begin with SU");
}

/**
 * For the owner alone, or for the owner's group when it is root's: so a file is mounted into a container whose user is
 * another one.
 */
function isExposed({ mode, uid }: Stats): boolean {
  if (process.platform === "win32") return false;
  return (mode & (uid === 0 ? 0o037 : 0o077)) !== 0;
}

function read(path: string): { readonly text: string; readonly stats: Stats } {
  let file: number | undefined;
  try {
    // A pipe without a writer must not hold the start up.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new AccessError(`${path} is no file`);
    if (stats.size > largestBytes) throw new AccessError(`${path} is larger than ${largestBytes} bytes`);
    return { text: readFileSync(file, "utf8"), stats };
  } catch (cause) {
    if (cause instanceof AccessError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new AccessError(`${path} cannot be read (${code ?? "unknown"})`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
