import { readFileSync } from "node:fs";
import { cpus } from "node:os";

const ticksPerSecond = 100;

/** Memory that the process has on this machine, bytes; null where the system has no /proc, or the process has ended. */
export function residentBytes(pid: number): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${String(pid)}/status`))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
}

/** CPU time that the process has used, seconds; null as above. */
export function cpuSeconds(pid: number): number | null {
  // The name in parentheses may hold anything.
  const fields =
    read(`/proc/${String(pid)}/stat`)
      .split(") ")
      .at(-1)
      ?.split(" ") ?? [];
  const [user, system] = [fields[11], fields[12]];
  return user === undefined || system === undefined ? null : (Number(user) + Number(system)) / ticksPerSecond;
}

/** Of all cores since their start, ms. */
export function machineTimes(): { readonly busyMs: number; readonly idleMs: number } {
  let [busyMs, idleMs] = [0, 0];
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyMs, idleMs };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
