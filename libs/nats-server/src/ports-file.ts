import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

export interface BoundPorts {
  readonly port: number;
  readonly monitorUrl: string | undefined;
}

/**
 * Reads where a server listens from the file that it writes once it accepts connections. Race-free, unlike choosing a
 * free port first. The file is called `<executable>_<pid>.ports`.
 */
export async function readPortsFile(dir: string, pid: number): Promise<BoundPorts | undefined> {
  const name = (await readdir(dir)).find((candidate) => candidate.endsWith(`_${pid}.ports`));
  if (name === undefined) return undefined;
  try {
    const ports = JSON.parse(await readFile(join(dir, name), "utf8")) as { nats?: string[]; monitoring?: string[] };
    const client = ports.nats?.[0];
    if (client === undefined) return undefined;
    return { port: Number(new URL(client).port), monitorUrl: ports.monitoring?.[0] };
  } catch {
    return undefined; // half written: the caller asks again
  }
}

/** A killed server leaves its file behind; a later server might get the same pid. */
export async function removePortsFiles(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.endsWith(".ports")) await rm(join(dir, name), { force: true });
  }
}
