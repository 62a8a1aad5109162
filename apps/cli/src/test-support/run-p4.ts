import { runCli } from "../run-cli.ts";

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
  /** What somebody at the terminal answers; without it nobody is there. */
  readonly answer?: boolean;
}

/** Runs the command as the program does, with its output caught. */
export async function runP4(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli({
    args,
    env: options.env ?? {},
    ask: async () => options.answer ?? false,
    signal: options.signal ?? new AbortController().signal,
    terminal: {
      out: (line) => {
        out.push(line);
        options.onLine?.(line);
      },
      err: (line) => err.push(line),
      style: (_style, text) => text,
      isInteractive: options.answer !== undefined,
    },
  });
  const text = out.join("\n");
  return { exitCode, out: text, err: err.join("\n"), json: () => JSON.parse(text) };
}
