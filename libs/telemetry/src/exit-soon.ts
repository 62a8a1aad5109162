/** What ends by itself has this long for it. */
const graceMs = 1_000;

type ExitingProcess = Pick<NodeJS.Process, "exit" | "exitCode" | "getActiveResourcesInfo">;

/**
 * Ends the process with this code once nothing is open any more, and soon in any case: a connection or a child that was
 * left behind must not keep it alive. Then `tell` is told what it was.
 */
export function exitSoon(exitCode: number, tell: (text: string) => void, target: ExitingProcess = process): void {
  target.exitCode = exitCode;
  setTimeout(() => {
    const open = [...new Set(target.getActiveResourcesInfo())].join(", ");
    tell(`ended although something was still open: ${open}`);
    target.exit(exitCode);
  }, graceMs).unref();
}
