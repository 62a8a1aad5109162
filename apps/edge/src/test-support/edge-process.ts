import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor } from "@p4/testkit";
import { onTestFinished } from "vitest";

export interface EdgeProcess {
  readonly port: number;
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
}

/** An edge as its own process, which can die. Gone after the test. */
export async function spawnEdge(
  natsUrl: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<EdgeProcess> {
  const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
  const env = { PATH: process.env["PATH"], P4_NATS_URL: natsUrl, P4_PORT: String(port), P4_SHARDS: "2", ...settings };
  const child = spawn(process.execPath, [main], { env, stdio: "ignore" });
  const gone = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  await waitFor(async () => (await fetch(`http://127.0.0.1:${String(port)}/readyz`)).ok, {
    description: "the edge process is ready",
  });
  return { port, kill };
}
