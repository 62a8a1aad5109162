/** One call of the traced program that has to do with files, when it was done. */
export interface SystemCall {
  /** Milliseconds since 1970, with fractions. */
  readonly atMs: number;
  readonly name: string;
  /** As strace writes them, split at the commas of the call. */
  readonly args: readonly string[];
  readonly result: number;
}

/**
 * Reads what `strace -f -ttt -xx` writes: `pid time call(args) = result`, where a call that another thread overtakes
 * takes two lines. A `close` counts when it begins: its descriptor may be given away before it returns.
 */
export function* readTrace(lines: Iterable<string>): Generator<SystemCall> {
  const begun = new Map<string, string>();
  for (const line of lines) {
    const head = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line);
    if (head === null) continue;
    const [, pid = "", time = "", rest = ""] = head;
    const atMs = Number(time) * 1_000;
    if (rest.endsWith("<unfinished ...>")) {
      const start = rest.slice(0, -"<unfinished ...>".length).trimEnd();
      if (start.startsWith("close(")) yield* parseCall(atMs, `${start}) = 0`);
      else begun.set(pid, start);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    if (resumed === null) {
      yield* parseCall(atMs, rest);
      continue;
    }
    const start = begun.get(pid);
    begun.delete(pid);
    if (start !== undefined) yield* parseCall(atMs, start + (resumed[1] ?? ""));
  }
}

function* parseCall(atMs: number, text: string): Generator<SystemCall> {
  const call = /^(\w+)\((.*)\)\s+= (-?\d+)/s.exec(text);
  if (call === null) return;
  const [, name = "", args = "", result = ""] = call;
  // Texts are written in hex: no comma and no bracket can be inside them.
  yield { atMs, name, args: args.split(", "), result: Number(result) };
}

/** `"\x2f\x61"` as bytes. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text.replace(/^"|"(\.\.\.)?$/g, "").replaceAll("\\x", ""), "hex");
}
