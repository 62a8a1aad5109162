import { runCli } from "@p4/cli";

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** The one object that `--json` prints. */
  json(): Record<string, unknown>;
}

/** `p4` in this process, with no other variables than the given ones. */
export async function runP4(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    style: (_style: unknown, text: string) => text,
    isInteractive: false,
  };
  const exitCode = await runCli({ args, env, terminal, signal: new AbortController().signal });
  const text = out.join("\n");
  return { exitCode, out: text, err: err.join("\n"), json: () => JSON.parse(text) as Record<string, unknown> };
}
