import { readFile } from "node:fs/promises";

/** The lines of level `error` and `fatal` in an app's log, each as its message and what it was about; and lines that are none. */
export async function errorsLogged(logFile: string): Promise<string[]> {
  const lines = (await readFile(logFile, "utf8")).split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => {
    // What Node.js itself says when a process dies is no JSON.
    if (!line.startsWith("{")) return [line];
    const { level, msg, error } = JSON.parse(line) as Line;
    return level === "error" || level === "fatal" ? [`${String(msg)}: ${error?.message ?? ""}`] : [];
  });
}

interface Line {
  readonly level: string;
  readonly msg?: string;
  readonly error?: { readonly message?: string };
}
