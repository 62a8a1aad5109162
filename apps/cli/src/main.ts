import { runCli } from "./run-cli.ts";
import { processTerminal } from "./terminal.ts";

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());

const exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  terminal: processTerminal(),
  signal: interrupt.signal,
});
// The work is done. A broker that takes connections and says nothing would keep the process: the client leaves the socket
// of an attempt that has timed out open.
const written = [process.stdout, process.stderr].map(
  (stream) => new Promise<void>((resolve) => stream.write("", () => resolve())),
);
await Promise.all(written);
process.exit(exitCode);
