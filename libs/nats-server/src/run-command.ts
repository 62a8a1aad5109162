import { execFile } from "node:child_process";

export interface CommandResult {
  /** Exit code, or undefined when the command could not be started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

const maxOutputBytes = 16 * 1024 * 1024;

/** Runs a program without a shell and resolves with its result; a missing program is a result, not an exception. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd: options.cwd, env: options.env, timeout: options.timeoutMs ?? 60_000, maxBuffer: maxOutputBytes },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ exitCode: 0, stdout, stderr });
        const exitCode = typeof error.code === "number" ? error.code : undefined;
        resolve({ exitCode, stdout, stderr: stderr === "" ? error.message : stderr });
      },
    );
  });
}
