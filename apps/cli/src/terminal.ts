import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { visibleText } from "@p4/protocol";
import { exitCodes } from "./cli-error.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * Where a verb writes. Results go to `out`, progress and errors to `err`, so that a pipe gets the result alone. Every call
 * is one line: a line may hold what peers wrote, so a control character in it, a line break too, is shown, not obeyed.
 */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Colours the text where the stream is a terminal and NO_COLOR is not set. */
  readonly style: (style: Style, text: string, stream?: "out" | "err") => string;
  /** Characters in a line of `out`; undefined when that is no terminal, and lines may be as long as they like. */
  readonly columns?: number | undefined;
  /** Whether a user can be asked. */
  readonly isInteractive: boolean;
}

/** The streams behind a terminal. */
export interface Screen {
  /** Writes one line. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly coloured: { readonly out: boolean; readonly err: boolean };
  readonly columns?: number | undefined;
  readonly isInteractive: boolean;
}

/** Every line that is written is shown by `visibleText`; nothing but `style` can colour it. */
export function terminalOn({ out, err, coloured, columns, isInteractive }: Screen): Terminal {
  // Begins a colour within a line. A peer cannot guess it, so an escape sequence of a peer is never taken for ours.
  const mark = `\u001b${randomBytes(8).toString("hex")}`;
  const shown = (line: string): string =>
    line
      .split(mark)
      .map((part) => visibleText(part))
      .join("\u001b[");
  return {
    out: (line) => out(shown(line)),
    err: (line) => err(shown(line)),
    style(style, text, stream = "out") {
      const [begin, end] = inspect.colors[style] ?? [0, 0];
      return coloured[stream] ? `${mark}${begin}m${text}${mark}${end}m` : text;
    },
    columns,
    isInteractive,
  };
}

/** The terminal, files or pipes that this process writes to. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // https://no-color.org: any value but the empty one.
  const noColor = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  // The reader has read enough (`p4 tail | head -1`).
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(exitCodes.ok);
  });
  return terminalOn({
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    coloured: { out: stdout.isTTY && !noColor, err: stderr.isTTY && !noColor },
    columns: stdout.isTTY ? stdout.columns : undefined,
    isInteractive: stdin.isTTY && stderr.isTTY,
  });
}
