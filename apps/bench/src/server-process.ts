import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A process of the benchmark: a server under measurement, or an attacker. */
export interface ServerProcess {
  readonly port: number;
  readonly pid: number;
  /** Sends a word and resolves with the process's next message. One question at a time. */
  ask<Answer>(question: string): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startServerProcess(
  module: string,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(module, import.meta.url));
  const child: ChildProcess = fork(path, [...args], {
    execArgv: [...execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const failed = once(child, "exit").then(([code]) =>
    Promise.reject(new Error(`${module} ended with ${String(code)}`)),
  );
  failed.catch(() => undefined);
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, "message"), failed])) as [unknown];
    return message;
  };
  const { port } = (await answer()) as { port: number };
  return {
    port,
    pid: child.pid ?? 0,
    ask<Answer>(question: string) {
      const answered = answer();
      child.send(question);
      return answered as Promise<Answer>;
    },
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

/** CPU time that a process has used, user and system, in ms. Linux only; elsewhere NaN. */
export function cpuMsOf(pid: number): number {
  return statOf(pid)?.cpuMs ?? Number.NaN;
}

/** The same with the processes that it has started and that still run: a database has one for each connection. */
export function treeCpuMsOf(pid: number): number {
  const children = new Map<number, number[]>();
  const cpuMs = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat === undefined) continue;
    cpuMs.set(Number(name), stat.cpuMs);
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const sum = (each: number): number =>
    (children.get(each) ?? []).reduce((total, child) => total + sum(child), cpuMs.get(each) ?? Number.NaN);
  return sum(pid);
}

function statOf(pid: number): { readonly parent: number; readonly cpuMs: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * clockTickMs };
  } catch {
    return undefined;
  }
}

/** Memory that a process occupies. Linux only; elsewhere NaN. */
export function rssBytesOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

/** Linux reports CPU time in hundredths of a second on every platform that Node runs on. */
const clockTickMs = 10;
