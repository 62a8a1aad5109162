import { X509Certificate } from "node:crypto";
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
  /** A login, or a certificate with its private key (in one file or in two), or both. */
  readonly credentialFiles: readonly string[];
  readonly caFile: string | null;
  /** Of the broker; null when they are not known yet. */
  readonly urls: readonly string[] | null;
}

type Kind = AccessFile["kind"];

/**
 * Reads and checks the files: what is wrong with them is told before the first connection. Throws AccessError.
 */
export function readBrokerAccess({ credentialFiles, caFile, urls }: AccessFiles): BrokerAccess {
  const files = credentialFiles.map((path) => ({ path, ...readAccessFile(path) }));
  const ofKind = (...kinds: readonly Kind[]): (typeof files)[number] | null => {
    const [first = null, second] = files.filter(({ kind }) => kinds.includes(kind));
    if (second === undefined) return first;
    throw new AccessError("credentials", `holds ${named[second.kind]} twice: leave out ${second.path}`);
  };
  const login = ofKind("login");
  const certificate = ofKind("certificate", "certificate and key");
  const key = ofKind("key", "certificate and key");
  if (certificate !== null && key === null) {
    throw new AccessError("credentials", `needs the private key of ${certificate.path} as well`);
  }
  if (key !== null && certificate === null) {
    throw new AccessError("credentials", `needs the certificate of ${key.path} as well`);
  }
  if (certificate !== null && key !== null) assertPair(certificate, key);
  if (caFile !== null) readCertificate(caFile);
  if (urls !== null) assertFits(urls, login !== null, certificate !== null);
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

function assertFits(urls: readonly string[], hasLogin: boolean, hasCertificate: boolean): void {
  if (hasLogin && urls.some((url) => new URL(url).username !== "")) {
    throw new AccessError("credentials", "holds a login, and so does the broker's URL: one of them has to go");
  }
  if (hasCertificate && urls.some((url) => !url.startsWith("tls://"))) {
    throw new AccessError(
      "credentials",
      "holds a certificate, which is shown over TLS alone: each URL has to be tls://",
    );
  }
}

type ReadFile = AccessFile & { readonly path: string };

function assertPair(certificate: ReadFile, key: ReadFile): void {
  if (certificate.certificate === null || key.key === null || certificate.certificate.checkPrivateKey(key.key)) return;
  throw new AccessError("credentials", `${key.path} is not the private key of the certificate in ${certificate.path}`);
}

function readCertificate(path: string): void {
  const { certificate } = readAccessFile(path, "ca");
  if (certificate instanceof X509Certificate) return;
  throw new AccessError("ca", `${path} holds no certificate in PEM`);
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
