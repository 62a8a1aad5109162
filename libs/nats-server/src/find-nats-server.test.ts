import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fetchRelease, pinnedArchives, pinnedRelease, type ReleaseArchives } from "./fetch-release.ts";
import { findNatsServer, type FindNatsServerOptions } from "./find-nats-server.ts";
import { processIdentity } from "./process-identity.ts";
import { runCommand } from "./run-command.ts";

let dir: string;
let cacheDir: string;
let progress: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "p4-find-"));
  cacheDir = join(dir, "cache", "p4");
  progress = [];
});

afterEach(() => rm(dir, { recursive: true, force: true }));

/** Finds without the network and without this machine's own nats-server; `path` holds the PATH's directories. */
function find(options: FindNatsServerOptions & { path?: string; bin?: string } = {}) {
  const env = { PATH: options.path ?? "", NATS_SERVER_BIN: options.bin };
  return findNatsServer({ env, cacheDir, fetchBy: [], onProgress: (line) => progress.push(line), ...options });
}

/** A script that answers --version as nats-server does. */
async function fakeServer(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}

describe("NATS_SERVER_BIN", () => {
  test("is used before everything else", async () => {
    await fakeServer(join(dir, "bin", "nats-server"), "2.12.0");
    const bin = await fakeServer(join(dir, "mine"), "2.11.2");
    const found = await find({ bin, path: join(dir, "bin") });
    expect(found).toEqual({ path: bin, version: "2.11.2", foundBy: "NATS_SERVER_BIN" });
  });

  test("is never replaced by another when it cannot be used", async () => {
    await fakeServer(join(dir, "bin", "nats-server"), "2.12.0");
    const path = join(dir, "bin");
    await expect(find({ path, bin: join(dir, "none") })).rejects.toMatchObject({ code: "NATS_SERVER_BIN_UNUSABLE" });
    await expect(find({ path, bin: "/bin/true" })).rejects.toMatchObject({ code: "NATS_SERVER_BIN_UNUSABLE" });
    const old = await fakeServer(join(dir, "old"), "2.11.1");
    await expect(find({ path, bin: old })).rejects.toMatchObject({ code: "NATS_SERVER_TOO_OLD" });
  });
});

describe("PATH", () => {
  test("a new enough server is used; an older one before it is named and passed over", async () => {
    const old = await fakeServer(join(dir, "old", "nats-server"), "2.9.10");
    const path = await fakeServer(join(dir, "new", "nats-server"), "2.14.0");
    const found = await find({ path: `${join(dir, "old")}:${join(dir, "new")}` });
    expect(found).toEqual({ path, version: "2.14.0", foundBy: "PATH" });
    expect(progress).toEqual([`${old} is 2.9.10, older than 2.11.2: not used`]);
  });
});

describe("the cache", () => {
  test("gives the newest version that runs, by what the binary says", async () => {
    await fakeServer(join(cacheDir, "nats-server-2.9.0"), "2.9.0");
    const path = await fakeServer(join(cacheDir, "nats-server-2.12.0"), "2.12.0");
    await fakeServer(join(cacheDir, "nats-server-2.13.0"), "2.1.0");
    await writeFile(join(cacheDir, "nats-server-2.20.0"), "not a program");
    expect(await find()).toEqual({ path, version: "2.12.0", foundBy: "cache" });
  });

  test("lies below XDG_CACHE_HOME, else below ~/.cache", async () => {
    const xdg = await fakeServer(join(dir, "xdg", "p4", "nats-server-2.12.0"), "2.12.0");
    const home = await fakeServer(join(dir, ".cache", "p4", "nats-server-2.12.1"), "2.12.1");
    const env = { PATH: "", HOME: dir };
    expect((await findNatsServer({ env, fetchBy: [] })).path).toBe(home);
    const withXdg = { ...env, XDG_CACHE_HOME: join(dir, "xdg") };
    expect((await findNatsServer({ env: withXdg, fetchBy: [] })).path).toBe(xdg);
  });

  test("that cannot be written is an error of its own", async () => {
    await writeFile(join(dir, "cache"), "a file where a directory should be");
    await expect(find()).rejects.toMatchObject({ code: "CACHE_NOT_WRITABLE" });
  });
});

test("nothing found and nothing to fetch from: the error says what to do", async () => {
  const failure = find({ path: dir });
  await expect(failure).rejects.toMatchObject({ code: "NATS_SERVER_NOT_FOUND" });
  await expect(failure).rejects.toMatchObject({ nextStep: expect.stringContaining("NATS_SERVER_BIN") as string });
});

describe("the official release", () => {
  let server: Server;
  let files: Map<string, Buffer>;
  let requests: string[];
  let releaseBaseUrl: string;

  beforeEach(async () => {
    files = new Map();
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      const body = files.get(request.url ?? "");
      response.writeHead(body === undefined ? 404 : 200).end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    releaseBaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/releases`;
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const platform = `${process.platform} ${process.arch}`;
  const suffix = `${process.platform}-${process.arch === "x64" ? "amd64" : "arm64"}`;
  const archiveName = `nats-server-v${pinnedRelease}-${suffix}`;
  let releaseArchives: ReleaseArchives;

  async function publish(version: string): Promise<void> {
    await fakeServer(join(dir, "build", archiveName, "nats-server"), version);
    const archive = join(dir, "archive.tar.gz");
    const tar = await runCommand("tar", ["-czf", archive, "-C", join(dir, "build"), archiveName]);
    expect(tar.exitCode).toBe(0);
    const content = await readFile(archive);
    files.set(`/releases/v${pinnedRelease}/${archiveName}.tar.gz`, content);
    releaseArchives = { [platform]: [suffix, createHash("sha256").update(content).digest("hex")] };
  }

  const fetched = () => find({ fetchBy: ["release"], releaseBaseUrl, releaseArchives });

  test("is checked, cached and found there the next time", async () => {
    await publish(pinnedRelease);
    const path = join(cacheDir, `nats-server-${pinnedRelease}`);
    expect(await fetched()).toEqual({ path, version: pinnedRelease, foundBy: "release" });
    expect(await find()).toEqual({ path, version: pinnedRelease, foundBy: "cache" });
    expect(await readdir(cacheDir)).toEqual([`nats-server-${pinnedRelease}`]);
  });

  test("with another hash than the pinned one ends the search, and is not installed", async () => {
    await publish(pinnedRelease);
    const failure = find({ fetchBy: ["release"], releaseBaseUrl });
    await expect(failure).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH", retryable: false });
    await expect(failure).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, pinned is [0-9a-f]{64}/);
    expect(await readdir(cacheDir)).toEqual([]);
    expect(requests).toEqual([`/releases/v${pinnedRelease}/${archiveName}.tar.gz`]);
  });

  test("has a pinned hash for each platform that it is fetched for, and for no other", async () => {
    const platforms = ["darwin arm64", "darwin x64", "linux arm64", "linux x64"];
    expect(Object.keys(pinnedArchives)).toEqual(platforms);
    const hashes = Object.values(pinnedArchives).map(([, sha256]) => sha256);
    expect(new Set(hashes.filter((sha256) => /^[0-9a-f]{64}$/.test(sha256))).size).toBe(platforms.length);
    const base = { stagingDir: dir, baseUrl: releaseBaseUrl, archives: pinnedArchives, onProgress: () => undefined };
    const failure = fetchRelease({ ...base, platform: "linux", arch: "riscv64" });
    await expect(failure).rejects.toMatchObject({ code: "PLATFORM_UNSUPPORTED" });
    expect(requests).toEqual([]);
  });

  test("that is not there, or too old, is not installed", async () => {
    await expect(find({ fetchBy: ["release"], releaseBaseUrl })).rejects.toThrow(/answered 404/);
    await publish("2.10.0");
    await expect(fetched()).rejects.toThrow(/what was fetched is 2.10.0/);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test("is fetched once when several ask at the same time", async () => {
    await publish(pinnedRelease);
    const all = await Promise.all([1, 2, 3].map(fetched));
    expect(all.map(({ foundBy }) => foundBy).sort()).toEqual(["cache", "cache", "release"]);
    expect(requests.filter((url) => url.endsWith(".tar.gz"))).toHaveLength(1);
    expect(progress).toContain("another process is fetching nats-server: waiting for it");
  });

  test("is fetched although a killed process left its lock behind", async () => {
    await publish(pinnedRelease);
    await mkdir(cacheDir, { recursive: true });
    const formerIdentity = `${processIdentity(process.pid)}0`;
    await writeFile(join(cacheDir, "fetch.lock"), JSON.stringify({ pid: process.pid, identity: formerIdentity }));
    expect(await fetched()).toMatchObject({ foundBy: "release" });
  });
});
