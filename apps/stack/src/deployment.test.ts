import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig, schema } from "@p4/config";
import { brokerUsers } from "@p4/nats";
import { findNatsServer } from "@p4/nats-server";
import { makeCertificates } from "@p4/nats-server/testing";
import { afterAll, describe, expect, it } from "vitest";
import { runP4 } from "./test-support/run-p4.ts";
import { testDir } from "./test-support/stack-process.ts";

/** What `deploy` gives to systemd, Kubernetes and Compose, judged by their own tools where they are installed. */
const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const dir = testDir(afterAll);
const units = join(workspace, "deploy/systemd");
const manifests = join(workspace, "deploy/kubernetes");
const namesIn = (folder: string, ext: string): string[] => readdirSync(folder).filter((name) => name.endsWith(ext));
const isInstalled = (tool: string): boolean => spawnSync(tool, ["--help"]).error === undefined;
const variables = new Set<string>(Object.values(schema).map(({ variable }) => variable));

describe("what is deployed", () => {
  const files = [
    ...namesIn(units, "").map((name) => join(units, name)),
    ...namesIn(manifests, ".yaml").map((name) => join(manifests, name)),
    join(workspace, "deploy/compose.yaml"),
  ];
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");

  it("names apps that there are, logins that p4 nats-config makes, and variables that are known", () => {
    for (const [, app = ""] of text.matchAll(/apps\/([\w-]+)\/dist\/main\.js/g)) {
      expect(existsSync(join(workspace, "apps", app, "src/main.ts")), app).toBe(true);
    }
    for (const [, login = ""] of text.matchAll(/\/([\w-]+)\.nk\b/g)) {
      if (login !== "login") expect(Object.keys(brokerUsers)).toContain(login);
    }
    const used = [...text.matchAll(/\bP4_[A-Z_]+/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(20);
    for (const name of used) expect(variables, name).toContain(name);
  });

  const secret = join(dir, "join.secret");
  writeFileSync(secret, "0123456789abcdef0123456789abcdef", { mode: 0o600 });
  const shared = {
    systemd: readFileSync(join(units, "p4.env"), "utf8"),
    kubernetes: readFileSync(join(manifests, "kustomization.yaml"), "utf8").replace(/^\s+- /gm, ""),
  };
  const own = {
    systemd: (app: string) => [
      ...readFileSync(join(units, `p4-${app}.service`), "utf8").matchAll(/(P4_[A-Z_]+)=(\S+)/g),
    ],
    kubernetes: (app: string) => [
      ...readFileSync(join(manifests, `${app}.yaml`), "utf8").matchAll(/name: (P4_[A-Z_]+), value: "?([^"\s]+)"?/g),
    ],
  };

  it.each(
    ["edge", "expiry", "proof-ingest", "payd"].flatMap((app) => [
      { app, kind: "systemd" as const },
      { app, kind: "kubernetes" as const },
    ]),
  )("gives $app in $kind settings that it can start with", ({ app, kind }) => {
    const env = Object.fromEntries(
      [...shared[kind].matchAll(/^(P4_[A-Z_]+)=(.*)$/gm), ...own[kind](app)].map(([, name = "", value = ""]) => [
        name,
        value.replace(/^file:.*/, `file:${secret}`),
      ]),
    );
    expect(Object.keys(env)).toContain("P4_NATS_CREDENTIALS");
    const { joinPolicy, replicas } = loadConfig(env);
    expect([joinPolicy, replicas]).toEqual([app === "edge" || app === "payd" ? "token" : "open", 3]);
  });

  it("runs no app as root, with a file system that it can write to, or without an end of its memory", () => {
    const pods = text.split(/^---$/m).filter((document) => /kind: (Deployment|StatefulSet)/.test(document));
    expect(pods).toHaveLength(5);
    for (const pod of pods) {
      expect(pod).toContain("runAsNonRoot: true");
      expect(pod).toContain("readOnlyRootFilesystem: true");
      expect(pod).toContain("allowPrivilegeEscalation: false");
      expect(pod).toMatch(/limits: \{ memory: \d+(Mi|Gi) \}/);
    }
  });
});

it("systemd takes the units", ({ skip }) => {
  if (!isInstalled("systemd-analyze")) skip("systemd-analyze is not installed");
  const places = { "/usr/bin/node": process.execPath, "/usr/bin/nats-server": process.execPath };
  const copies = [...namesIn(units, ".service"), "p4.target"].map((name) => {
    let unit = readFileSync(join(units, name), "utf8");
    for (const [path, here] of Object.entries(places)) unit = unit.replaceAll(path, here);
    const copy = join(dir, name);
    writeFileSync(copy, unit);
    return copy;
  });
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...copies], { encoding: "utf8" });
  const ours = stderr.split("\n").filter((line) => copies.some((copy) => line.includes(basename(copy))));
  expect([status, ours]).toEqual([0, []]);
});

it("kustomize makes manifests in which each name leads somewhere", ({ skip }) => {
  if (!isInstalled("kubectl")) skip("kubectl is not installed");
  const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", manifests], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const made = new Set(
    [...stdout.matchAll(/^kind: (ConfigMap|PersistentVolumeClaim)[\s\S]*?^ {2}name: (\S+)/gm)].map(
      ([, , name]) => name,
    ),
  );
  const wanted = [
    ...stdout.matchAll(
      /(?:configMap|configMapRef|persistentVolumeClaim):\n\s+(?:defaultMode: \d+\n\s+)?(?:name|claimName): (\S+)/g,
    ),
  ];
  expect(wanted.length).toBeGreaterThan(4);
  for (const [, name] of wanted) expect(made, name).toContain(name);
  for (const [, port] of stdout.matchAll(/containerPort: (\d+)/g))
    expect(stdout).toContain(`- port: ${String(port)}\n`);
});

it("nats-server takes its configuration, with the users of p4 nats-config and TLS", async () => {
  const [config, tls] = [join(dir, "nats"), join(dir, "tls")];
  for (const folder of [config, tls]) mkdirSync(folder);
  expect((await runP4(["nats-config", join(dir, "nats-users"), "--json"], {})).exitCode).toBe(0);
  const { server, serverKey, ca } = makeCertificates(tls);
  for (const [from, to] of [
    [server, "tls.crt"],
    [serverKey, "tls.key"],
    [ca, "ca.crt"],
  ] as const)
    copyFileSync(from, join(tls, to));
  const text = readFileSync(join(manifests, "nats.conf"), "utf8").replaceAll("/etc/nats-tls", tls);
  writeFileSync(join(config, "nats.conf"), text);
  const env = { POD_NAME: "p4-nats-0", ZONE_TAG: "zone:p4-nats-0" };
  const { path } = await findNatsServer();
  const { stderr } = spawnSync(path, ["-t", "-c", join(config, "nats.conf")], { env, encoding: "utf8" });
  expect(stderr).toContain("is valid");
}, 120_000);
