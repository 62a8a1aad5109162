import { HttpServerError } from "./errors.ts";

/** One pattern split into segments. */
interface Pattern {
  readonly text: string;
  readonly segments: readonly string[];
}

export interface PathMatch<T> {
  readonly params: Record<string, string>;
  /** All entries whose pattern matches, most literal first. */
  readonly entries: readonly T[];
}

/** What `match` says of a path: its entries, nothing, or that a parameter holds broken percent-encoding. */
export type MatchResult<T> =
  | { readonly kind: "found"; readonly match: PathMatch<T> }
  | { readonly kind: "notFound" }
  | { readonly kind: "badEncoding"; readonly param: string };

const notFound = { kind: "notFound" } as const;

/** Finds entries by path. Literal segments win over parameters, and parameters over `*`. */
export class Router<T> {
  readonly #groups: { pattern: Pattern; entries: T[] }[] = [];

  add(path: string, entry: T): void {
    const known = this.#groups.find((group) => group.pattern.text === path);
    if (known !== undefined) {
      known.entries.push(entry);
      return;
    }
    this.#groups.push({ pattern: compile(path), entries: [entry] });
    this.#groups.sort((a, b) => (rank(a.pattern) < rank(b.pattern) ? -1 : 1));
  }

  match(path: string): MatchResult<T> {
    const segments = path.split("/");
    for (const { pattern, entries } of this.#groups) {
      if (!fits(pattern.segments, segments)) continue;
      const params: Record<string, string> = Object.create(null) as Record<string, string>;
      for (const [index, part] of pattern.segments.entries()) {
        if (!part.startsWith(":") && part !== "*") continue;
        const name = part === "*" ? "*" : part.slice(1);
        const decoded = decode(part === "*" ? segments.slice(index).join("/") : (segments[index] as string));
        if (decoded === undefined) return { kind: "badEncoding", param: name };
        params[name] = decoded;
      }
      return { kind: "found", match: { params, entries } };
    }
    return notFound;
  }
}

function compile(path: string): Pattern {
  const segments = path.split("/");
  const wrong = !path.startsWith("/") || segments.some((part, i) => part === "*" && i !== segments.length - 1);
  if (wrong)
    throw new HttpServerError(
      "HTTP_ROUTE_INVALID",
      `route path "${path}" must start with "/" and may hold "*" only at its end`,
    );
  return { text: path, segments };
}

// Character order puts literal (a) before parameter (b) before rest (c), segment by segment.
function rank(pattern: Pattern): string {
  return pattern.segments.map((part) => (part === "*" ? "c" : part.startsWith(":") ? "b" : "a")).join("");
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  const open = pattern.at(-1) === "*";
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  for (let i = 0; i < pattern.length; i++) {
    const part = pattern[i] as string;
    if (part === "*") return true;
    if (part.startsWith(":") ? segments[i] === "" : part !== segments[i]) return false;
  }
  return true;
}

function decode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
