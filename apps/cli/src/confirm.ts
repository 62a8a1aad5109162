import { confirm as prompt } from "@clack/prompts";
import { visibleText } from "@p4/protocol";
import { CliError } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";

/** On stderr, so that a pipe gets the result alone. Ctrl-C means no. */
export async function askAtTerminal(question: string): Promise<boolean> {
  return (await prompt({ message: question, initialValue: false, output: process.stderr })) === true;
}

export async function confirm(
  question: string,
  { yes, terminal, ask }: { yes: boolean; terminal: Terminal; ask: (question: string) => Promise<boolean> },
): Promise<void> {
  if (yes) return;
  if (!terminal.isInteractive) {
    throw new CliError("misuse", `${question} This is not an interactive terminal.`, "Add --yes.", "NOT_CONFIRMED");
  }
  if (!(await ask(visibleText(question)))) throw new CliError("failed", "nothing was changed", null, "NOT_CONFIRMED");
}
