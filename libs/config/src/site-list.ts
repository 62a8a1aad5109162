import { manyOf, type Parser } from "./parsers.ts";
import { natsUrl } from "./urls.ts";

/** One NATS cluster of a deployment of several sites. */
export interface SiteConfig {
  readonly name: string;
  /** Its servers. */
  readonly urls: readonly string[];
}

const urls = manyOf(natsUrl);
const namePattern = /^[a-z0-9-]{1,32}$/;
const [fewest, most] = [2, 8];

/** `a=nats://a1,nats://a2;b=nats://b1`, no name twice. */
export const siteList: Parser<readonly SiteConfig[]> = {
  rule: `two to eight sites separated by semicolons, each <name>=<servers>: a name of a-z, 0-9 and -, then ${urls.rule}`,
  mayHoldPassword: true,
  parse(text) {
    const sites: SiteConfig[] = [];
    for (const part of text.split(";")) {
      const equals = part.indexOf("=");
      const name = part.slice(0, Math.max(0, equals)).trim();
      const servers = urls.parse(part.slice(equals + 1).trim());
      if (!namePattern.test(name) || servers === undefined || sites.some((site) => site.name === name))
        return undefined;
      sites.push({ name, urls: servers });
    }
    return sites.length >= fewest && sites.length <= most ? sites : undefined;
  },
  format: (sites) => sites.map(({ name, urls: servers }) => `${name}=${servers.join(",")}`).join(";"),
};
