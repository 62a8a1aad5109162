/** What the list is asked for, as the page's own address keeps it. */
export interface ListQuery {
  readonly q: string;
  /** "" for all. */
  readonly state: string;
  readonly stuck: boolean;
  /** As the form's fields have them: local time, `2026-11-28T10:00`; "" for any. */
  readonly since: string;
  readonly until: string;
}

export function readListQuery(search: string): ListQuery {
  const query = new URLSearchParams(search);
  return {
    q: query.get("q") ?? "",
    state: query.get("state") ?? "",
    stuck: query.get("stuck") === "yes",
    since: query.get("since") ?? "",
    until: query.get("until") ?? "",
  };
}

/** For the page's address: short, and without what is not asked. */
export function addressOf({ q, state, stuck, since, until }: ListQuery): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ q, state, stuck: stuck ? "yes" : "", since, until })) {
    if (value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** For the API, which counts time in ms. */
export function apiQueryOf(query: ListQuery, offset: number, limit: number): string {
  const asked = new URLSearchParams(addressOf(query));
  for (const name of ["since", "until"] as const) {
    const atMs = Date.parse(query[name]);
    if (Number.isNaN(atMs)) asked.delete(name);
    else asked.set(name, String(atMs));
  }
  asked.set("offset", String(offset));
  asked.set("limit", String(limit));
  return `?${asked.toString()}`;
}
