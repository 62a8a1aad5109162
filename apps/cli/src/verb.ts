import type { Command } from "commander";
import type { FailureKind } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";

/** What a verb gets from the frame. */
export interface VerbContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The result: `value` as one JSON object under `--json` (bigints as numbers), else the lines for people. */
  print(value: object, lines: () => string | readonly string[]): void;
  /**
   * Asks before something that cannot be undone. Throws a CliError when the answer is no, or without `--yes` on a
   * terminal that is not interactive.
   */
  confirm(question: string, yes: boolean): Promise<void>;
  /** A line about how it goes; nothing under `--json`. */
  progress(line: string): void;
  /** For a verb whose check has failed without an error to tell: the command ends with exit code 1, or that of `kind`. */
  fail(kind?: FailureKind): void;
}

/** Gives a verb, which has its name and summary, all the rest. One file each, listed in `verbs/index.ts`. */
export type Verb = (verb: Command, context: VerbContext) => void;

/** Examples at the end of a verb's help. */
export function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, what]) => `  ${command.padEnd(width)}   # ${what}`).join("\n")}\n`;
}
