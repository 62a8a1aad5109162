import { styleText } from "node:util";
import { exitCodes } from "./cli-error.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Where a verb writes. Results go to `out`, progress and errors to `err`, so that a pipe gets the result alone. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Colours the text where the stream is a terminal and NO_COLOR is not set. */
  readonly style: (style: Style, text: string, stream?: "out" | "err") => string;
  /** Characters in a line of `out`; undefined when that is no terminal, and lines may be as long as they like. */
  readonly columns?: number | undefined;
  /** Whether somebody can be asked. */
  readonly isInteractive: boolean;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // https://no-color.org: any value but the empty one.
  const noColor = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const coloured = { out: stdout.isTTY && !noColor, err: stderr.isTTY && !noColor };
  // Whoever reads has read enough (`p4 tail | head -1`): there is nobody left to tell.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(exitCodes.ok);
  });
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    style: (style, text, stream = "out") =>
      coloured[stream] ? styleText(style, text, { validateStream: false }) : text,
    columns: stdout.isTTY ? stdout.columns : undefined,
    isInteractive: stdin.isTTY && stderr.isTTY,
  };
}
