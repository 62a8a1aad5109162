export interface HomeQuestion {
  readonly channelId: string;
  /** By which the wallet came: a host name, perhaps with a port. */
  readonly host?: string | undefined;
  /** The regions that this deployment has. */
  readonly regions: readonly string[];
  /** The region of the node that is asked. */
  readonly fallback: string;
}

/**
 * The region that a channel belongs to, from what every node knows: no directory to ask, none to be wrong. The id's prefix
 * (`eu_...`) counts first, then the first label of the host (`eu.pay.example`), then the node's own region.
 */
export function homeRegionOf({ channelId, host = "", regions, fallback }: HomeQuestion): string {
  const prefix = channelId.slice(0, Math.max(0, channelId.indexOf("_")));
  if (regions.includes(prefix)) return prefix;
  const label = host.toLowerCase().split(/[.:]/, 1)[0] ?? "";
  return regions.includes(label) ? label : fallback;
}
