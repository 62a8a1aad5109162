import { invalidRequest } from "./read-json.ts";

/** What lists are sorted by, the greatest first: a time in ms, and what tells entries of the same ms apart. */
export interface Place {
  readonly atMs: number;
  readonly id: string;
}

export interface Page {
  readonly limit: number;
  /** The last entry of the page before; null: from the start. */
  readonly after: Place | null;
}

export const pageParameters = ["limit", "cursor"] as const;

const defaultLimit = 100;
const maxLimit = 10_000;

/** `limit`: most rows; `cursor`: as given by the page before. Throws PAYD_INVALID_REQUEST. */
export function readPage(given: { readonly limit?: string; readonly cursor?: string }): Page {
  return {
    limit: given.limit === undefined ? defaultLimit : readLimit(given.limit),
    after: given.cursor === undefined ? null : readCursor(given.cursor),
  };
}

/** The page of entries that are sorted already, and the `Link` header that leads to the next one (RFC 8288). */
export function pageOf<Entry>(
  entries: readonly Entry[],
  { limit, after }: Page,
  placeOf: (entry: Entry) => Place,
  url: { readonly path: string; readonly query: URLSearchParams },
): { readonly entries: readonly Entry[]; readonly headers: Readonly<Record<string, string>> } {
  const rest = after === null ? entries : entries.filter((entry) => comparePlaces(placeOf(entry), after) > 0);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  if (last === undefined || shown.length === rest.length) return { entries: shown, headers: {} };
  const query = new URLSearchParams(url.query);
  query.set("cursor", cursorOf(placeOf(last)));
  return { entries: shown, headers: { link: `<${url.path}?${query.toString()}>; rel="next"` } };
}

/** The newest first. */
export function comparePlaces(a: Place, b: Place): number {
  return b.atMs - a.atMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function cursorOf({ atMs, id }: Place): string {
  return Buffer.from(`${atMs}.${id}`).toString("base64url");
}

function readCursor(text: string): Place {
  const [, at, id] = /^(\d{1,16})\.([\w.-]{1,64})$/.exec(Buffer.from(text, "base64url").toString("latin1")) ?? [];
  if (at !== undefined && id !== undefined) return { atMs: Number(at), id };
  throw invalidRequest("cursor: must be as the Link header of another page has it");
}

function readLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw invalidRequest(`limit: must be a whole number from 1 to ${maxLimit}`);
}
