import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNatsServer } from "@p4/nats-server";
import { afterAll, describe, expect, it } from "vitest";
import { runP4 } from "./test-support/run-p4.ts";
import { testDir } from "./test-support/stack-process.ts";

const deploy = fileURLToPath(new URL("../../../deploy", import.meta.url));
const dir = testDir(afterAll);
const text = readFileSync(join(deploy, "compose.yaml"), "utf8");

/** The lines of each service, by its name. */
const services = new Map(
  [
    ...(text.split(/^services:$/m)[1] ?? "")
      .split(/^volumes:$/m)[0]!
      .matchAll(/^ {2}([\w-]+):([\s\S]*?)(?=^ {2}[\w-]+:|(?![\s\S]))/gm),
  ].map(([, name = "", lines = ""]) => [name, lines]),
);

describe("deploy/compose.yaml", () => {
  it("shows each program its own login alone", () => {
    const shared = { "edge-1": "edge", "edge-2": "edge" } as const;
    for (const name of ["expiry", "proof-ingest", "payd", "operator"]) {
      const lines = services.get(name) ?? "";
      expect([...lines.matchAll(/login-([\w-]+):\/login:ro/g)].map(([, login]) => login)).toEqual([name]);
      expect(lines).toContain(`P4_NATS_CREDENTIALS: /login/${name}.nk`);
    }
    for (const name of Object.keys(shared)) expect(services.get(name)).toContain("<<: *edge");
    expect(text.match(/login-edge:\/login:ro/g)).toHaveLength(1);
    expect(services.get("miner")).not.toContain("login-");
  });

  it("asks each server for its health that has a page of it", () => {
    for (const [name, port] of Object.entries({ "proof-ingest": 8446, payd: 8443 })) {
      expect(services.get(name)).toContain(`http://127.0.0.1:${String(port)}/readyz`);
    }
    expect(text).toContain("http://127.0.0.1:8445/readyz");
    expect(services.get("prometheus")).toContain("healthcheck:");
  });

  it("has a service for each name that Prometheus scrapes", () => {
    const scraped = readFileSync(join(deploy, "compose", "prometheus.yml"), "utf8");
    const targets = [...scraped.matchAll(/"([\w-]+):(\d+)"/g)];
    expect(targets.map(([target]) => target)).toEqual([
      '"edge-1:8445"',
      '"edge-2:8445"',
      '"proof-ingest:8446"',
      '"balancer:8443"',
    ]);
    for (const [, name = ""] of targets) expect([...services.keys()]).toContain(name);
    expect(services.get("payd")).toContain('network_mode: "service:balancer"');
  });

  it("is taken by Compose", ({ skip }) => {
    const tool = [["docker", "compose"], ["docker-compose"]].find(
      ([program = "", ...args]) => spawnSync(program, [...args, "version"]).status === 0,
    );
    if (tool === undefined) skip("Docker Compose is not installed");
    const [program = "", ...args] = tool ?? [];
    const options = [...args, "-p", "p4", "-f", join(deploy, "compose.yaml"), "config", "-q"];
    const { status, stderr } = spawnSync(program, options, { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

it("promtool takes the Prometheus of deploy/compose.yaml", ({ skip }) => {
  if (spawnSync("promtool", ["--version"]).error !== undefined) skip("promtool is not installed");
  copyFileSync(join(deploy, "compose", "prometheus.yml"), join(dir, "prometheus.yml"));
  copyFileSync(join(deploy, "monitoring", "alerts.yml"), join(dir, "alerts.yml"));
  const { status, stdout } = spawnSync("promtool", ["check", "config", join(dir, "prometheus.yml")], {
    encoding: "utf8",
  });
  const rules = readFileSync(join(deploy, "monitoring", "alerts.yml"), "utf8").match(/^\s*- alert:/gm) ?? [];
  expect([status, stdout]).toEqual([0, expect.stringContaining(`SUCCESS: ${String(rules.length)} rules`) as string]);
});

it("nats-server takes each member of deploy/compose.yaml, with the users of p4 nats-config", async () => {
  const config = join(dir, "etc-p4");
  mkdirSync(config);
  cpSync(join(deploy, "cluster"), join(config, "cluster"), { recursive: true });
  expect((await runP4(["nats-config", join(config, "users"), "--json"], {})).exitCode).toBe(0);
  const { path } = await findNatsServer();
  for (const member of ["a", "b", "c"]) {
    const file = join(config, `nats-${member}.conf`);
    copyFileSync(join(deploy, "compose", `nats-${member}.conf`), file);
    const { stderr } = spawnSync(path, ["-t", "-c", file], { encoding: "utf8" });
    expect(stderr).toContain("is valid");
  }
}, 120_000);
