import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { edgeServerAt, type EdgeServer } from "./edge-server.ts";
import { freePort } from "@p4/nats-server/testing";

const main = join(import.meta.dirname, "..", "..", "..", "..", "edge", "dist", "main.js");

/** An edge that can die and come back at the same address. Gone after the test. */
export class EdgeProcess {
  readonly server: EdgeServer;
  readonly #natsUrl: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(natsUrl: string, port: number) {
    this.#natsUrl = natsUrl;
    this.#port = port;
    this.server = edgeServerAt(`127.0.0.1:${String(port)}`);
    onTestFinished(() => this.kill());
  }

  static async start(natsUrl: string): Promise<EdgeProcess> {
    const edge = new EdgeProcess(natsUrl, await freePort());
    await edge.start();
    return edge;
  }

  async start(): Promise<void> {
    const env = { PATH: process.env["PATH"], P4_NATS_URL: this.#natsUrl, P4_PORT: String(this.#port), P4_SHARDS: "2" };
    this.#child = spawn(process.execPath, [main], { env, stdio: "ignore" });
    const isReady = async () =>
      (await this.server.get("/readyz")).status === 200 || Promise.reject(new Error("not yet"));
    await vi.waitFor(isReady, { interval: 20 });
  }

  /** SIGKILL: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}
