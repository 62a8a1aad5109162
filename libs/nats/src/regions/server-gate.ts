import { execFile } from "node:child_process";
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { RegionError } from "@p4/regions";
import { gatedSubjects, type GateState } from "./read-gate.ts";

export interface GateFiles {
  /** Included by the server's configuration; users' permissions deny `$P4_FENCED`. */
  readonly gateFile: string;
  /** The server's own, as its `pid_file` says. */
  readonly pidFile: string;
}

/** A gate file's content. */
export const gateText = (gate: GateState): string =>
  `# Written by p4 region guard: what a reload of the server denies to users of the region.\n` +
  `P4_FENCED: ${gate === "open" ? "[]" : JSON.stringify([gatedSubjects])}\n`;

/**
 * The gate of one nats-server. On disk it is shut, also while the server has it open: a server that is started
 * again, whatever starts it, is shut. Throws RegionError REGION_GATE_STUCK when a file or the process is not as it should be.
 */
export class ServerGate {
  readonly #files: GateFiles;

  constructor(files: GateFiles) {
    this.#files = files;
  }

  /** Holds for the next start or reload of the server. */
  async write(gate: GateState): Promise<void> {
    const { gateFile } = this.#files;
    try {
      const file = await open(`${gateFile}.new`, "w", 0o644);
      try {
        await file.writeFile(gateText(gate));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${gateFile}.new`, gateFile);
      const folder = await open(dirname(gateFile), "r");
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      throw stuck(`${gateFile}: ${(error as Error).message}`);
    }
  }

  /** Has the server read its configuration again; it does so within milliseconds. */
  async reload(): Promise<void> {
    const { pidFile } = this.#files;
    const text = await readFile(pidFile, "utf8").catch((error: unknown) => {
      throw stuck(`${pidFile}: ${(error as Error).message}`);
    });
    const pid = /^\d{1,10}\s*$/.test(text) ? Number(text) : 0;
    // A file that has outlived its server may name another process, which the signal would end.
    if (pid === 0 || !(await isNatsServer(pid))) throw stuck(`${pidFile} names no nats-server`);
    try {
      process.kill(pid, "SIGHUP");
    } catch (error) {
      throw stuck(`nats-server ${String(pid)}: ${(error as Error).message}`);
    }
  }
}

const stuck = (detail: string): RegionError => new RegionError("REGION_GATE_STUCK", detail);

async function isNatsServer(pid: number): Promise<boolean> {
  const name = process.platform === "linux" ? await fromProc(pid) : await fromPs(pid);
  return name !== null && /(^|\/)nats-server/.test(name.trim());
}

const fromProc = (pid: number): Promise<string | null> =>
  readFile(`/proc/${String(pid)}/comm`, "utf8").catch(() => null);

const fromPs = (pid: number): Promise<string | null> =>
  promisify(execFile)("ps", ["-o", "comm=", "-p", String(pid)]).then(
    ({ stdout }) => stdout,
    () => null,
  );
