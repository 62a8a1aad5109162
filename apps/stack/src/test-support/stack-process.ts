import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(import.meta.dirname, "..", "..", "dist", "main.js");

export interface StackState {
  readonly natsUrl: string;
  /** Of the broker that it runs. */
  readonly monitorUrl: string;
  readonly endpoints: readonly { readonly app: string; readonly url: string }[];
}

/** Ports that are free, whatever else runs on the machine. */
export const freePorts = { P4_PORT: "0", P4_PROOF_PORT: "0", P4_PAYD_PORT: "0", P4_MINER_PORT: "0" };

/** A directory that is gone after the test: give it the test's `onTestFinished`, or `afterAll`. */
export function testDir(onEnd: (cleanUp: () => void) => void): string {
  const dir = mkdtempSync(join(tmpdir(), "p4-stack-"));
  onEnd(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The built program as `npm start` runs it, with no other P4_ variable than the given ones. */
export class StackProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | string>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const outer = Object.entries(process.env).filter(([name]) => !name.startsWith("P4_"));
    // A group of its own, so that a signal can reach all of it, as Ctrl-C does.
    this.child = spawn(process.execPath, [main, ...args], {
      env: { ...Object.fromEntries(outer), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = once(this.child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** Resolves when the text was printed; rejects with all output when the program ends before. */
  async printed(text: string): Promise<void> {
    const shown = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.stdout.includes(text)) resolve();
      };
      this.child.stdout?.on("data", look);
      look();
    });
    const ended = this.exited.then((code) => {
      throw new Error(`ended with ${String(code)} before it printed ${text}\n${this.stdout}\n${this.stderr}`);
    });
    await Promise.race([shown, ended]);
  }

  /** A signal to the whole group, as a terminal sends it: one that has just ended hears nothing. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) throw new Error("the program did not start");
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** For the end of a test, whatever became of it. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.exited;
  }
}

export async function readState(dataDir: string): Promise<StackState> {
  return JSON.parse(await readFile(join(dataDir, "stack.json"), "utf8")) as StackState;
}

/** Whether the URL's port accepts connections. */
export async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url.replaceAll(/<.*$/g, ""));
  const socket = connect(Number(port), hostname);
  try {
    return await new Promise((resolve) =>
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false)),
    );
  } finally {
    socket.destroy();
  }
}
