import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

/** Paths of PEM files for a broker with TLS, in tests. Valid for an hour. */
export interface TestCertificates {
  readonly ca: string;
  /** For 127.0.0.1, and not for the name localhost. */
  readonly server: string;
  readonly serverKey: string;
  readonly client: string;
  readonly clientKey: string;
  /** Certificate and key in one file. */
  readonly clientBoth: string;
  /** Has signed none of them. */
  readonly otherCa: string;
  /** Of no certificate here. */
  readonly otherKey: string;
}

/** Node.js reads certificates and makes none, and openssl is not on every machine: a few lines of DER are enough. */
export function makeCertificates(dir: string): TestCertificates {
  const file = (name: string, text: string): string => {
    const path = join(dir, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const [ca, other, server, client] = [authority("p4 test CA"), authority("other CA"), keyPair(), keyPair()];
  const certificate = (name: string, publicKey: KeyObject, hosts: readonly string[]): string =>
    signed({ issuer: ca.name, subject: name, publicKey, hosts, isAuthority: false }, ca.privateKey);
  const clientCertificate = certificate("p4 client", client.publicKey, []);
  return {
    ca: file("ca.pem", ca.certificate),
    server: file("server.pem", certificate("p4 broker", server.publicKey, ["127.0.0.1"])),
    serverKey: file("server.key", pemOf(server.privateKey)),
    client: file("client.pem", clientCertificate),
    clientKey: file("client.key", pemOf(client.privateKey)),
    clientBoth: file("client-both.pem", pemOf(client.privateKey) + clientCertificate),
    otherCa: file("other-ca.pem", other.certificate),
    otherKey: file("other.key", pemOf(other.privateKey)),
  };
}

const lifeMs = 3_600_000;
const clockSkewMs = 60_000;

const keyPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function authority(name: string) {
  const { publicKey, privateKey } = keyPair();
  const certificate = signed({ issuer: name, subject: name, publicKey, hosts: [], isAuthority: true }, privateKey);
  return { name, privateKey, certificate };
}

interface Content {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly hosts: readonly string[];
  readonly isAuthority: boolean;
}

/** An X.509 certificate (RFC 5280) in PEM. */
function signed({ issuer, subject, publicKey, hosts, isAuthority }: Content, issuerKey: KeyObject): string {
  const now = Date.now();
  const extensions = [
    ...(isAuthority ? [extension("551d13", sequence(der(0x01, [0xff])), true)] : []),
    ...(hosts.length > 0 ? [extension("551d11", sequence(...hosts.map(generalName)), false)] : []),
  ];
  const content = sequence(
    der(0xa0, der(0x02, [2])), // version 3
    der(0x02, [0x01, ...randomBytes(8)]),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(now - clockSkewMs), time(now + lifeMs)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = der(0x03, [0, ...sign("sha256", content, issuerKey)]);
  const base64 = sequence(content, ecdsaWithSha256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
}

type Bytes = Uint8Array | readonly number[];

/** One value of DER: its type, its length, its content. */
function der(type: number, ...parts: readonly Bytes[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  const { length } = content;
  const prefix = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from([type, ...prefix]), content]);
}

const sequence = (...parts: readonly Bytes[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(text)))));
const time = (atMs: number): Buffer => der(0x18, Buffer.from(new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, "")));
const generalName = (host: string): Buffer =>
  isIP(host) === 4 ? der(0x87, host.split(".").map(Number)) : der(0x82, Buffer.from(host));

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(oid(id), ...(isCritical ? [der(0x01, [0xff])] : []), der(0x04, value));
}
