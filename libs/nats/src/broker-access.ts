import { AccessError } from "./access-error.ts";
import { readAccessFile, type AccessFile, type Login } from "./access-file.ts";

/** What a program shows the broker, and what it knows the broker by. */
export interface BrokerAccess {
  /** Asked at each connection, so that a file may be replaced while the program runs. Null: no login, or that of the URL. */
  readonly login: (() => Login) | null;
  /** PEM files, read at each connection; null for none. */
  readonly certificateFile: string | null;
  readonly keyFile: string | null;
  /** Who signs the broker's certificate; null: those that Node.js trusts. */
  readonly caFile: string | null;
}

export interface AccessFiles {
  /**
   * A login, a certificate with its private key (in one file or in two), and the certificates of who signs the broker's: any of
   * them, told apart by their content.
   */
  readonly credentialFiles: readonly string[];
  /** Of the broker; null when they are not known yet. */
  readonly urls: readonly string[] | null;
}

type Kind = AccessFile["kind"];

/**
 * Reads and checks the files: what is wrong with them is told before the first connection. Throws AccessError.
 */
export function readBrokerAccess({ credentialFiles, urls }: AccessFiles): BrokerAccess {
  const all = credentialFiles.map((path) => ({ path, ...readAccessFile(path) }));
  const authority = authorityAmong(all);
  const files = all.filter((file) => file !== authority);
  const ofKind = (...kinds: readonly Kind[]): (typeof files)[number] | null => {
    const [first = null, second] = files.filter(({ kind }) => kinds.includes(kind));
    if (second === undefined) return first;
    throw new AccessError(`holds ${named[second.kind]} twice: leave out ${second.path}`);
  };
  const login = ofKind("login");
  const certificate = ofKind("certificate", "certificate and key");
  const key = ofKind("key", "certificate and key");
  assertPair(certificate, key);
  const caFile = authority?.path ?? null;
  if (urls !== null) assertFits(urls, { login, certificate, caFile });
  return {
    login: login === null ? null : lastReadable(login),
    certificateFile: certificate?.path ?? null,
    keyFile: key?.path ?? null,
    caFile,
  };
}

const named: Record<Kind, string> = {
  login: "a login",
  certificate: "a certificate",
  key: "a private key",
  "certificate and key": "a certificate and a private key",
};

/** A certificate that may sign others, and that none of the keys belongs to. */
function authorityAmong(files: readonly ReadFile[]): ReadFile | null {
  const [first = null, second] = files.filter(({ kind, certificate }) => {
    const isOwn = files.some(({ key }) => key !== null && certificate?.checkPrivateKey(key) === true);
    return kind === "certificate" && certificate?.ca === true && !isOwn;
  });
  if (second === undefined) return first;
  throw new AccessError("holds certificates of authorities twice: put them into one file");
}

function assertFits(
  urls: readonly string[],
  { login, certificate, caFile }: Readonly<Record<"login" | "certificate" | "caFile", unknown>>,
): void {
  if (login !== null && urls.some((url) => new URL(url).username !== "")) {
    throw new AccessError("holds a login, and so does the broker's URL: one of them has to go");
  }
  if ((certificate !== null || caFile !== null) && urls.some((url) => !url.startsWith("tls://"))) {
    throw new AccessError("holds a certificate, which is of use over TLS alone: each URL has to be tls://");
  }
}

type ReadFile = AccessFile & { readonly path: string };

function assertPair(certificate: ReadFile | null, key: ReadFile | null): void {
  if (certificate === null && key === null) return;
  if (key === null) throw new AccessError(`needs the private key of ${String(certificate?.path)} as well`);
  if (certificate === null) throw new AccessError(`needs the certificate of ${key.path} as well`);
  if (certificate.certificate === null || key.key === null || certificate.certificate.checkPrivateKey(key.key)) return;
  throw new AccessError(`${key.path} is not the private key of the certificate in ${certificate.path}`);
}

/** A file that is being replaced may be half written: an exception here would close the connection for good. */
function lastReadable(first: ReadFile): () => Login {
  let last = first.login as Login;
  return () => {
    try {
      last = readAccessFile(first.path).login ?? last;
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
    }
    return last;
  };
}
