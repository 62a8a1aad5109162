import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems hand out by themselves, and without the ports that no browser connects to. */
const first = 11_000;
const count = 5_000;

/** Processes that run side by side have pids next to each other: they begin far apart. */
let next = (process.pid * 1_543) % count;

/**
 * A port for programs that are told theirs, or need the same one after a restart. It is none that the system may give to
 * another program or connection meanwhile, and this process gives it out once.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < count; tries++) {
    const port = first + next;
    next = (next + 1) % count;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${String(first)} on is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}
