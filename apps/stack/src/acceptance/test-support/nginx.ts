import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import { edgeServerAt, type EdgeServer } from "./edge-server.ts";
import { freePort } from "@p4/nats-server/testing";

const deployed = join(import.meta.dirname, "..", "..", "..", "..", "..", "deploy", "cluster", "nginx.conf");

/** Why these tests cannot run here; null: they can. */
export const noNginx = spawnSync("nginx", ["-v"]).error === undefined ? null : "nginx is not installed";

/** What the file's tests have started. Hooks that are registered inside of a test would not run. */
const started: { readonly child: ChildProcess; readonly dir: string }[] = [];
afterAll(async () => {
  for (const { child, dir } of started.splice(0)) {
    await stop(child);
    rmSync(dir, { recursive: true, force: true });
  }
});

/**
 * The deployed configuration, with the addresses of this test's edges. Gone after the file's tests.
 *
 * @param edges `host:port` of edge-1 and edge-2
 * @param without lines of the configuration that are left out
 */
export async function startNginx(
  edges: readonly [string, string],
  without: readonly string[] = [],
): Promise<EdgeServer> {
  const dir = mkdtempSync(join(tmpdir(), "p4-nginx-"));
  // The workers of a master that runs as root are another user.
  chmodSync(dir, 0o777);
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  );
  const replacements: [string, string][] = [
    ["edge-1:8445", edges[0]],
    ["edge-2:8445", edges[1]],
    ["listen 8445", `listen 127.0.0.1:${String(port)}`],
    ["http {", `http { access_log off; ${temporary.join(" ")}`],
    ["worker_processes auto", "worker_processes 2"],
    ...without.map((line): [string, string] => [line, ""]),
  ];
  let text = readFileSync(deployed, "utf8");
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${deployed} has no ${from}`);
    text = text.replace(from, to);
  }
  const file = join(dir, "nginx.conf");
  writeFileSync(file, text);
  const directives = `daemon off; pid ${dir}/pid; error_log ${dir}/error.log;`;
  const child = spawn("nginx", ["-p", dir, "-c", file, "-e", `${dir}/error.log`, "-g", directives], {
    stdio: "ignore",
  });
  started.push({ child, dir });
  const server = edgeServerAt(`127.0.0.1:${String(port)}`, () => stop(child));
  await vi.waitFor(() => server.get("/livez"), { interval: 20 });
  return server;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
