import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { makeCertificates } from "@p4/nats-server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBrokerAccess } from "./broker-access.ts";
import { connectBroker } from "./connect-broker.ts";
import { probeServers } from "./probe-servers.ts";
import { createUserKey } from "./user-key.ts";

const dir = mkdtempSync(join(tmpdir(), "p4-access-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function fileOf(name: string, text: string, mode = 0o600): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const read = (credentialFiles: readonly string[], urls: readonly string[] | null = null) =>
  readBrokerAccess({ credentialFiles, urls });

/** One letter is another one, so that the checksum does not fit: the last letter may not matter. */
const misspelt = (seed: string): string => `${seed.slice(0, 9)}${seed[9] === "A" ? "B" : "A"}${seed.slice(10)}`;
const user = createUserKey();
const seedFile = fileOf("user.nk", `${user.seed}\n`);
const certificates = makeCertificates(dir);

describe("files that let a program in", () => {
  it("are told apart by their content", () => {
    const login = (name: string, text: string) => read([fileOf(name, text)]).login?.();
    expect(read([seedFile]).login?.()).toEqual({ kind: "nkey", seed: user.seed });
    expect(login("login", "ops:S3c:ret/@\n")).toEqual({ kind: "password", user: "ops", password: "S3c:ret/@" });
    const text = `-----BEGIN NATS USER JWT-----\na.b.c\n------END NATS USER JWT------\n
-----BEGIN USER NKEY SEED-----\n${user.seed}\n------END USER NKEY SEED------\n`;
    expect(login("user.creds", text)).toEqual({ kind: "creds", text });
    const { ca, client, clientKey, clientBoth } = certificates;
    expect(read([clientKey, client, seedFile])).toMatchObject({ certificateFile: client, keyFile: clientKey });
    expect(read([ca, client, clientKey])).toMatchObject({ caFile: ca, certificateFile: client });
    expect(read([seedFile, ca])).toMatchObject({ caFile: ca, certificateFile: null });
    expect(read([clientBoth])).toMatchObject({
      login: null,
      caFile: null,
      certificateFile: clientBoth,
      keyFile: clientBoth,
    });
  });

  const account = "SAANDLKMXL6CUS3CP52WIXBEDN6YJ545GDKC65U5JZPPV6WH6ESWUA6YAI";

  it.each([
    ["that is not there", () => read([join(dir, "none")]), /none cannot be read \(ENOENT\)/],
    ["that is a directory", () => read([dir]), /is no file/],
    ["that others may read", () => read([fileOf("open.nk", user.seed, 0o644)]), /open\.nk may be read by other users/],
    ["that others may write", () => read([fileOf("open2.nk", user.seed, 0o602)]), /may be read by other users/],
    ["with nothing of use", () => read([fileOf("empty", "S3cret and more\n")]), /empty holds neither an nkey seed/],
    ["with a broken seed", () => read([fileOf("bad.nk", misspelt(user.seed))]), /seed that cannot be read/],
    ["with an account's seed", () => read([fileOf("account.nk", account)]), /not of a user|cannot be read/],
    ["with two logins", () => read([seedFile, fileOf("two", "ops:S3cret")]), /holds a login twice/],
    ["with a login beside that of the URL", () => read([seedFile], ["nats://a:b@h"]), /and so does the broker's URL/],
    [
      "with a certificate for a URL without TLS",
      () => read([certificates.clientBoth], ["tls://a", "nats://b"]),
      /tls:\/\//,
    ],
    ["with a certificate alone", () => read([certificates.client]), /needs the private key/],
    ["with a private key alone", () => read([certificates.clientKey]), /needs the certificate/],
    ["of two pairs", () => read([certificates.client, certificates.otherKey]), /is not the private key of/],
    ["with two authorities", () => read([certificates.ca, certificates.otherCa]), /authorities twice/],
    ["with an authority for a URL without TLS", () => read([certificates.ca], ["nats://b"]), /tls:\/\//],
  ])("%s is refused with what is wrong, and shows nothing of it", (_, attempt, message) => {
    expect(attempt).toThrow(
      expect.objectContaining({ code: "ACCESS_INVALID", message: expect.stringMatching(message) }),
    );
    expect(attempt).not.toThrow(
      expect.objectContaining({ message: expect.stringMatching(/S3cret|S[AU][A-Z2-7]{50}/) }),
    );
  });

  it("may be root's, for the group that a container runs in", () => {
    if (process.getuid?.() !== 0) return;
    const file = fileOf("mounted.nk", user.seed, 0o640);
    expect(read([file]).login?.()).toMatchObject({ kind: "nkey" });
  });
});

describe("a broker with TLS, client certificates and nkeys", () => {
  let server: NatsServerProcess;
  let url: string;
  const otherUser = createUserKey();

  beforeAll(async () => {
    const { server: certificate, serverKey, ca } = certificates;
    const tls = `tls { cert_file: "${certificate}", key_file: "${serverKey}", ca_file: "${ca}", verify: true }`;
    const users = `authorization { users: [ { nkey: ${user.publicKey} }, { nkey: ${otherUser.publicKey} } ] }`;
    const configFile = fileOf("tls.conf", `jetstream {}\n${tls}\n${users}\n`);
    const { path: binary } = await findNatsServer();
    server = await startNatsServer({ binary, configFile, storeDir: join(dir, "nats") });
    url = server.url.replace("nats://", "tls://");
  }, 120_000);
  afterAll(() => server.stop());

  it("takes who shows all of it, and is known by its address", async () => {
    const access = read([seedFile, certificates.clientBoth, certificates.ca], [url]);
    const broker = await connectBroker({ url, access, name: "test" });
    expect(broker.ready()).toBe(true);
    await broker.close();
    expect(await probeServers({ url, access, name: "test" })).toMatchObject([{ fault: null }]);
  });

  const attempt = (files: readonly string[], ca: string | null, at = url) =>
    connectBroker({
      url: at,
      access: read(ca === null ? files : [...files, ca], [at]),
      name: "test",
      connectWithinMs: 100,
    });

  it("is not believed without its CA, under another name, or without TLS", async () => {
    const all = [seedFile, certificates.clientBoth];
    await expect(attempt(all, null)).rejects.toThrow(/certificate/);
    await expect(attempt(all, certificates.otherCa)).rejects.toThrow(/certificate/);
    await expect(attempt(all, certificates.ca, url.replace("127.0.0.1", "localhost"))).rejects.toThrow(/altnames/);
    const { path: binary } = await findNatsServer();
    const plain = await startNatsServer({ binary, storeDir: join(dir, "plain") });
    const plainUrl = plain.url.replace("nats://", "tls://");
    await expect(attempt(all, certificates.ca, plainUrl)).rejects.toThrow(/does not support 'tls'/);
    await plain.stop();
  });

  it("refuses who shows no certificate, or another's key", async () => {
    await expect(attempt([seedFile], certificates.ca)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const stranger = fileOf("stranger.nk", createUserKey().seed);
    await expect(attempt([stranger, certificates.clientBoth], certificates.ca)).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
    });
  });

  it("is shown the new login after its file was replaced, and the last good one while it is spoiled", async () => {
    const file = fileOf("turning.nk", user.seed);
    const access = read([file, certificates.clientBoth, certificates.ca], [url]);
    await writeFile(`${file}.next`, otherUser.seed, { mode: 0o600 });
    await rename(`${file}.next`, file);
    expect(access.login?.()).toEqual({ kind: "nkey", seed: otherUser.seed });
    await writeFile(file, "");
    expect(access.login?.()).toEqual({ kind: "nkey", seed: otherUser.seed });
    const broker = await connectBroker({ url, access, name: "test" });
    const back = new Promise<void>((resolve) => broker.onReconnect(resolve));
    await broker.switchServer();
    await back;
    expect(broker.ready()).toBe(true);
    await broker.close();
  });
});
