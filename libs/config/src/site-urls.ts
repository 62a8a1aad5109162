import type { Parser } from "./parsers.ts";
import { parsePerSite, perSiteRule } from "./per-site.ts";
import { httpUrl } from "./urls.ts";

/** Where wallets reach one site. */
export interface SiteUrl {
  readonly site: string;
  readonly url: string;
}

/** The reason of a socket's close has to hold it. */
const longestUrl = 90;

/** `a=https://a.pay.example;b=https://b.pay.example`, no site twice. */
export const siteUrls: Parser<readonly SiteUrl[]> = {
  rule: `one to eight ${perSiteRule}, then ${httpUrl.rule}, of at most ${String(longestUrl)} characters`,
  mayHoldPassword: true,
  parse: (text) => parsePerSite(text, shortUrl)?.map(([site, url]) => ({ site, url })),
  format: (sites) => sites.map(({ site, url }) => `${site}=${url}`).join(";"),
};

function shortUrl(text: string): string | undefined {
  const url = httpUrl.parse(text);
  return url === undefined || url.length > longestUrl ? undefined : url;
}
