import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const limitMs = 10_000;

/**
 * Resolves once no thread of a process runs any more after SIGSTOP: the kernel stops them one by one, a moment after the
 * signal was sent. At once where there is no /proc to see it in; in any case after ten seconds.
 */
export async function allStopped(pid: number): Promise<void> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await delay(5)) {
    if (!(await anyRuns(`/proc/${pid}/task`))) return;
  }
}

async function anyRuns(threadsFolder: string): Promise<boolean> {
  const threads = await readdir(threadsFolder).catch(() => []);
  const states = await Promise.all(
    threads.map((thread) => readFile(`${threadsFolder}/${thread}/stat`, "utf8").then(stateIn, () => "ended")),
  );
  return states.some((state) => !"TtZX".includes(state));
}

/** The letter after the name in parentheses (proc_pid_stat(5)), which may hold any character itself. */
const stateIn = (stat: string): string => stat.charAt(stat.lastIndexOf(")") + 2);
