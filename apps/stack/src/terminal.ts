import { visibleText } from "@p4/protocol";

/** What the program is asked for: on the standard output. */
export function print(text: string): void {
  process.stdout.write(`${visibleText(text, "\n")}\n`);
}

/** What happens meanwhile: on the standard error. */
export function say(text: string): void {
  process.stderr.write(`  ${visibleText(text)}\n`);
}
