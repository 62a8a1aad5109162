import { visibleText } from "@p4/protocol";

/** A frame as a person reads it. What it holds is a peer's: of any size, with any characters. */
export interface FrameText {
  readonly text: string;
  /** Characters of the whole frame, where this is not all of it; null: it is. */
  readonly cutOf: number | null;
}

export interface FrameOutline {
  readonly key: string;
  readonly detail: string;
}

const maxDetail = 160;
const maxKey = 80;
const maxText = 100_000;
/** Beyond, only the start is looked at: to read the whole would hold up the page. */
const maxParsed = 1_000_000;

/** One line of it: its key, and what it says. */
export function frameOutline(text: string): FrameOutline {
  if (text.length > maxParsed) return { key: "long frame", detail: oneLine(text) };
  try {
    const { key, body = null, errorBody } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const detail = key === "error" ? refusalOf(errorBody) : body === null ? "" : JSON.stringify(body);
    return { key: typeof key === "string" ? visibleText(key.slice(0, maxKey)) : "no key", detail: oneLine(detail) };
  } catch {
    return { key: "not JSON", detail: oneLine(text) };
  }
}

/** All of it, as JSON is read best. */
export function frameText(text: string): FrameText {
  const whole = text.length > maxParsed ? text : pretty(text);
  if (whole.length <= maxText) return { text: visibleText(whole, "\n"), cutOf: null };
  return { text: visibleText(whole.slice(0, maxText), "\n"), cutOf: whole.length };
}

function oneLine(text: string): string {
  return visibleText(text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text);
}

/** What an `error` message says: code, field and rule. */
function refusalOf(errorBody: unknown): string {
  const { errCode, description } = (errorBody ?? {}) as Readonly<Record<string, unknown>>;
  return [errCode, description].filter((part) => typeof part === "string").join(": ");
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
