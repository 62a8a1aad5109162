import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, startNatsServer, type NatsServerProcess, siteConfig } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { afterAll, beforeAll } from "vitest";
import type { Broker } from "../broker.ts";
import { connectBroker } from "../connect-broker.ts";
import { gateText, type GateFiles } from "../regions/server-gate.ts";

export interface TestSites {
  server(site: string): NatsServerProcess;
  /** Of a gated site. */
  files(site: string): GateFiles;
  /** A connection to a site; closed with the file. */
  connect(site: string): Promise<Broker>;
}

/** One nats-server per site with a JetStream domain of its own, and a leaf link from each site to those before it. */
export const useSites = (...sites: readonly string[]): TestSites => useServers(sites, false);

/** The same, each with a gate that is shut. */
export const useGatedSites = (...sites: readonly string[]): TestSites => useServers(sites, true);

function useServers(sites: readonly string[], isGated: boolean): TestSites {
  const servers = new Map<string, NatsServerProcess>();
  const brokers: Broker[] = [];
  let dir = "";
  const files = (site: string): GateFiles => ({
    gateFile: join(dir, `${site}.gate.conf`),
    pidFile: join(dir, `${site}.pid`),
  });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "p4-sites-"));
    const { path: binary } = await findNatsServer();
    const ports = await Promise.all(sites.map(() => freePort()));
    const start = async (site: string, index: number): Promise<void> => {
      const configFile = join(dir, `${site}.conf`);
      const guarded = isGated ? files(site) : undefined;
      if (guarded !== undefined) await writeFile(guarded.gateFile, gateText("shut"));
      const name = isGated ? {} : { serverName: site };
      await writeFile(configFile, siteConfig(site, ports[index] ?? 0, ports.slice(0, index), guarded));
      const port = await freePort();
      servers.set(site, await startNatsServer({ binary, configFile, storeDir: join(dir, site), port, ...name }));
    };
    await Promise.all(sites.map(start));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.close()));
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await rm(dir, { recursive: true, force: true });
  });

  const server = (site: string): NatsServerProcess => {
    const found = servers.get(site);
    if (found === undefined) throw new Error(`no site ${site}`);
    return found;
  };
  return {
    server,
    files,
    async connect(site) {
      const broker = await connectBroker({ url: server(site).url, name: "test" });
      brokers.push(broker);
      return broker;
    },
  };
}
