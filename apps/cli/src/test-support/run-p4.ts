import { runCli } from "../run-cli.ts";
import { terminalOn } from "../terminal.ts";

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** The one object that `--json` prints. */
  readonly json: <T = Record<string, unknown>>() => T;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** The answer at the terminal; without it nothing can be asked. */
  readonly answer?: boolean;
  /** Default: no end. */
  readonly columns?: number;
}

/** Runs the command as the program does, with its output caught. */
export async function runP4(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli({
    args,
    env: options.env ?? {},
    ask: async (question) => {
      err.push(question);
      return options.answer ?? false;
    },
    signal: options.signal ?? new AbortController().signal,
    terminal: terminalOn({
      out: (line) => {
        out.push(line);
        options.onLine?.(line);
      },
      err: (line) => void err.push(line),
      coloured: { out: false, err: false },
      columns: options.columns,
      isInteractive: options.answer !== undefined,
    }),
  });
  const text = out.join("\n");
  return { exitCode, out: text, err: err.join("\n"), json: () => JSON.parse(text) };
}
