/** A site's name: what its broker calls itself. */
const namePattern = /^[a-z0-9-]{1,32}$/;
const mostSites = 8;

export const perSiteRule = "sites separated by semicolons, each <name>=<value>: a name of a-z, 0-9 and -";

/**
 * `a=<value>;b=<value>`, in their order. Undefined: a name that is none or comes twice, a value that `parse` does not take, or
 * more than eight sites.
 */
export function parsePerSite<T>(text: string, parse: (text: string) => T | undefined): [string, T][] | undefined {
  const sites = new Map<string, T>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(0, equals)).trim();
    const value = parse(part.slice(equals + 1).trim());
    if (!namePattern.test(name) || value === undefined || sites.has(name)) return undefined;
    sites.set(name, value);
  }
  return sites.size <= mostSites ? [...sites] : undefined;
}
