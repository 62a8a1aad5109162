/** Whether the client is a browser that wants a page: `text/html` is accepted by name. Programs and `curl` get JSON. */
export function prefersPage(headers: ReadonlyMap<string, string>): boolean {
  return /(^|,)\s*text\/html\s*(;|,|$)/i.test(headers.get("accept") ?? "");
}
