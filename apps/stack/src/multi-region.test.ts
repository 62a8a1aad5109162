import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@p4/config";
import { gateText } from "@p4/nats";
import { findNatsServer, siteConfig } from "@p4/nats-server";
import { expect, it } from "vitest";

/** What `deploy/multi-region` has for several sites. */
const dir = fileURLToPath(new URL("../../../deploy/multi-region/", import.meta.url));
const read = (name: string): string => readFileSync(join(dir, name), "utf8");
const namesOf = (ext: string): string[] => readdirSync(dir).filter((name) => name.endsWith(ext));
const configs = namesOf(".conf").filter((name) => name !== "nats.conf");
const composed = namesOf(".yaml");

it.each(configs)("nats-server takes %s, without a warning", async (name) => {
  const { path } = await findNatsServer();
  const env = { SERVER_NAME: "x-1" };
  const { status, stderr } = spawnSync(path, ["-t", "-c", join(dir, name)], { env, encoding: "utf8" });
  expect([status, stderr.trim().split("\n")]).toEqual([0, [expect.stringContaining("is valid") as string]]);
});

it("links carry what those of the tests and drills carry, and each site has its own domain", () => {
  const denied = (text: string): string[] =>
    [...text.matchAll(/deny_(?:im|ex)ports: (\[.*?\])/g)].map(([, list = ""]) => list);
  const [tried] = denied(siteConfig("x", 1, [2]));
  const found = configs.flatMap((name) => denied(read(name)));
  // Of three sites b has one link, c and the witness have two.
  expect(found).toEqual(Array.from({ length: 10 }, () => tried));
  for (const name of configs)
    expect(read(name)).toContain(`domain: ${name === "witness.conf" ? "w" : name.charAt(5)}\n`);
});

const servicesOf = (text: string): string[] =>
  [...text.matchAll(/^ {2}([\w-]+):\n {4}<<: /gm)].map(([, name = ""]) => name);

it.each(composed)("%s starts servers whose configuration names servers that there are", (name) => {
  const text = read(name);
  const services = servicesOf(text);
  const used = new Set([...text.matchAll(/"-c", "\/etc\/p4\/([\w-]+\.conf)"/g)].map(([, config = ""]) => config));
  expect(used.size).toBe(3);
  for (const config of used) {
    for (const [, host] of read(config).matchAll(/(?:nats|nats-leaf):\/\/(?:link:link@)?([\w-]+):/g)) {
      expect(services, config).toContain(host);
    }
  }
  for (const [, host] of text.matchAll(/(?:nats|http):\/\/([abcw]-\d):/g)) expect(services).toContain(host);
});

it.each([
  ["two-sites.yaml", ["a", "b"], ["a", "b", "w"]],
  ["three-sites.yaml", ["a", "b", "c"], ["a", "b", "c"]],
])(
  "%s gives nodes the addresses of all sites, and operators three tables of which two decide",
  (name, sites, tables) => {
    const text = read(name);
    const blocks = [...text.matchAll(/^x-site-(\w):[^\n]*\n((?: {2}[^\n]*\n)+)/gm)];
    expect(blocks.map(([, site]) => site)).toEqual(sites);
    for (const [, site, block = ""] of blocks) {
      const settings = [...block.matchAll(/^ {2}(P4_[A-Z_]+): "?([^"\n]+)"?$/gm)];
      const config = loadConfig(Object.fromEntries(settings.map(([, key = "", value = ""]) => [key, value])));
      const known = config.siteUrls ?? [];
      expect(known.map((each) => each.site)).toEqual(sites);
      expect(known.find((each) => each.site === site)?.url).toBe(config.publicUrl);
      expect(config.replicas).toBe(3);
    }
    const [, named = "", ...others] = /P4_SITES: (.+)/.exec(text) ?? [];
    expect([others, text.match(/<<: \*sites/g)?.length]).toEqual([[], sites.length * 4 + 1]);
    expect(loadConfig({ P4_SITES: named }).sites?.map((each) => each.name)).toEqual(tables);
  },
);

it("each server begins with its gate shut, by the file that its guard writes", () => {
  expect(read("gate/gate.conf")).toBe(gateText("shut"));
  expect(read("nats.conf")).toContain('include "gate/gate.conf"');
  for (const name of configs.filter((each) => each.startsWith("site-")))
    expect(read(name)).toContain('pid_file: "/etc/p4/gate/nats.pid"');
});

it.each(composed)("%s has a guard beside each server of a site, in reach of its process and its files", (name) => {
  const text = read(name);
  const blockOf = (service: string): string =>
    new RegExp(`^ {2}${service}:\n((?: {4}[^\n]*\n)+)`, "m").exec(text)?.[1] ?? "";
  const servers = servicesOf(text).filter((service) => /^[abc]-\d$/.test(service));
  expect(servers).toHaveLength(name === "two-sites.yaml" ? 6 : 9);
  for (const server of servers) {
    expect(blockOf(server)).toContain(`"${server}-gate:/etc/p4/gate"`);
    expect(blockOf(server)).toContain("<<: *gated");
    const guard = blockOf(`guard-${server}`);
    const parts = [`"--site", "${server.charAt(0)}"]`, `"nats://${server}:4222"`, `"service:${server}"`];
    for (const part of [...parts, `"${server}-gate:/gate"`, '"/gate/gate.conf"', '"/gate/nats.pid"'])
      expect(guard).toContain(part);
  }
});

it.for(composed)("Compose takes %s", (name, { skip }) => {
  if (spawnSync("docker", ["compose", "version"]).status !== 0) skip("Docker Compose is not installed");
  const { status, stderr } = spawnSync("docker", ["compose", "-p", "p4", "-f", join(dir, name), "config", "-q"], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});
