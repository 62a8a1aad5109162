import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gateText, readGate, type Broker } from "@p4/nats";
import type { GuardedFiles } from "@p4/nats-server";
import { waitFor } from "@p4/testkit/wait-for";
import { AppProcess } from "../system/app-process.ts";

export interface SiteGuardOptions {
  readonly name: string;
  readonly dir: string;
  readonly region: string;
  /** Of the guarded server. */
  readonly natsUrl: string;
  /** All sites, as P4_SITES has them. */
  readonly sites: string;
}

const main = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));
const openWithinMs = 60_000;

const filesOf = (dir: string, name: string): GuardedFiles => ({
  gateFile: join(dir, `${name}.gate.conf`),
  pidFile: join(dir, `${name}.pid`),
});

/** Makes the gate of a site's server, which is shut at first. */
export async function gateFilesOf(dir: string, name: string): Promise<GuardedFiles> {
  const files = filesOf(dir, name);
  await writeFile(files.gateFile, gateText("shut"));
  return files;
}

/** `p4 region guard` beside a site's server, as a deployment runs it; not started yet. */
export function siteGuard({ name, dir, region, natsUrl, sites }: SiteGuardOptions): AppProcess {
  const { gateFile, pidFile } = filesOf(dir, name);
  return new AppProcess({
    name: `guard-${name}`,
    module: main,
    args: ["region", "guard", region, "--site", name, "--gate", gateFile, "--pid-file", pidFile, "--json"],
    env: { P4_NATS_URL: natsUrl, P4_SITES: sites, P4_REGION: region },
    port: null,
    logFile: join(dir, `guard-${name}.log`),
  });
}

/** Until the servers at these sites take writes, as far as their guards are concerned. */
export async function untilGatesOpen(
  sites: readonly { readonly name: string; readonly broker: Broker }[],
  region: string,
): Promise<void> {
  for (const { name, broker } of sites) {
    const isOpen = async (): Promise<boolean> => (await readGate(broker, region, 1_000)) !== "shut";
    await waitFor(isOpen, { timeoutMs: openWithinMs, intervalMs: 100, description: `the gate at ${name} is open` });
  }
}
