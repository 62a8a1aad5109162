import { createLogger } from "./logger.ts";

export function memoryLogger(level: "debug" | "warn" = "debug") {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Record<string, unknown>);
  return { lines, logger: createLogger({ level, name: "edge", destination: { write } }) };
}
