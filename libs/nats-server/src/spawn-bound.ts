import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** Null: none was ever started. One listener ends them all: one for each would be taken for a leak from the eleventh on. */
let running: Set<ChildProcess> | null = null;

/**
 * Starts a program that ends with this process, however this process ends. On Linux the kernel sees to it
 * (PR_SET_PDEATHSIG by setpriv(1), which then becomes the program and keeps the pid), also after kill -9. Elsewhere an
 * exit handler covers ordinary exits, and the pid file the rest. The child has its own session, so that Ctrl-C reaches
 * only its owner, which stops things in order.
 *
 * @param output file descriptor for both output streams. A file and not a pipe: the child must never block on us.
 */
export function spawnBound(
  command: string,
  args: readonly string[],
  output: number,
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const binding = bindsByKernel() ? (["setpriv", "--pdeathsig", "KILL", "--", command] as const) : [command];
  const [program = command, ...prefix] = binding;
  const child = spawn(program, [...prefix, ...args], { env, stdio: ["ignore", output, output], detached: true });
  if (running === null) {
    running = new Set();
    process.once("exit", () => running?.forEach((each) => each.kill("SIGKILL")));
  }
  running.add(child);
  child.once("exit", () => running?.delete(child));
  child.once("error", () => running?.delete(child));
  return child;
}

let kernelBinding: boolean | undefined;

function bindsByKernel(): boolean {
  kernelBinding ??=
    process.platform === "linux" && spawnSync("setpriv", ["--pdeathsig", "KILL", "--", "true"]).status === 0;
  return kernelBinding;
}
