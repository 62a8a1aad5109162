import { manyOf, type Parser } from "./parsers.ts";
import { parsePerSite, perSiteRule } from "./per-site.ts";
import { natsUrl } from "./urls.ts";

/** One NATS cluster of a deployment of several sites. */
export interface SiteConfig {
  readonly name: string;
  /** Its servers. */
  readonly urls: readonly string[];
}

const urls = manyOf(natsUrl);
const fewest = 2;

/** `a=nats://a1,nats://a2;b=nats://b1`, no name twice. */
export const siteList: Parser<readonly SiteConfig[]> = {
  rule: `two to eight ${perSiteRule}, then ${urls.rule}`,
  mayHoldPassword: true,
  parse(text) {
    const sites = parsePerSite(text, (value) => urls.parse(value));
    if (sites === undefined || sites.length < fewest) return undefined;
    return sites.map(([name, servers]) => ({ name, urls: servers }));
  },
  format: (sites) => sites.map(({ name, urls: servers }) => `${name}=${servers.join(",")}`).join(";"),
};
