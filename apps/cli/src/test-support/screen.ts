import { terminalOn } from "../terminal.ts";

/** A terminal, and the lines that were written to it. */
export function screen(isColoured = false) {
  const written: string[] = [];
  const write = (line: string): void => void written.push(line);
  const coloured = { out: isColoured, err: isColoured };
  return { written, terminal: terminalOn({ out: write, err: write, coloured, isInteractive: false }) };
}
