import type { Parser } from "./parsers.ts";
import { httpUrl } from "./urls.ts";

/** Where wallets reach one site. */
export interface SiteUrl {
  readonly site: string;
  readonly url: string;
}

const namePattern = /^[a-z0-9-]{1,32}$/;
/** The reason of a socket's close has to hold it. */
const longestUrl = 90;
const mostSites = 8;

/** `a=https://a.pay.example;b=https://b.pay.example`, no site twice. */
export const siteUrls: Parser<readonly SiteUrl[]> = {
  rule: `one to eight sites separated by semicolons, each <name>=<address>: a name of a-z, 0-9 and -, then ${httpUrl.rule}, of at most ${String(longestUrl)} characters`,
  mayHoldPassword: true,
  parse(text) {
    const sites: SiteUrl[] = [];
    for (const part of text.split(";")) {
      const equals = part.indexOf("=");
      const site = part.slice(0, Math.max(0, equals)).trim();
      const url = httpUrl.parse(part.slice(equals + 1).trim());
      const isKnown = sites.some((each) => each.site === site);
      if (!namePattern.test(site) || url === undefined || url.length > longestUrl || isKnown) return undefined;
      sites.push({ site, url });
    }
    return sites.length <= mostSites ? sites : undefined;
  },
  format: (sites) => sites.map(({ site, url }) => `${site}=${url}`).join(";"),
};
