import { manyOf, secretPath } from "./parsers.ts";
import { optional } from "./setting.ts";
import { siteList } from "./site-list.ts";
import { siteUrls } from "./site-urls.ts";
import { httpUrl, natsUrl } from "./urls.ts";

/** Where the broker is, and what lets in there. */
export const natsSettings = {
  natsUrl: optional(
    "P4_NATS_URL",
    manyOf(natsUrl),
    ["all"],
    "Servers of an existing NATS cluster; when set, no server is started",
  ),
  natsCredentials: optional(
    "P4_NATS_CREDENTIALS",
    manyOf(secretPath),
    ["all"],
    "Files that let this program in there: an nkey seed, a .creds file or user:password, a client certificate and its key; and the certificates of who signed those of its servers",
  ),
  natsMonitorUrls: optional(
    "P4_NATS_MONITOR_URLS",
    manyOf(httpUrl),
    ["edge", "cli"],
    "Monitoring ports of that cluster's servers: they alone tell whether writes are synced to disk",
  ),
  sites: optional(
    "P4_SITES",
    siteList,
    ["edge", "expiry", "proof-ingest", "payd", "cli"],
    "All sites of a deployment of several, witnesses included. A site's name is the JetStream domain of its servers. With three or more, a home serves only while most of them confirm it",
  ),
  siteUrls: optional(
    "P4_SITE_URLS",
    siteUrls,
    ["edge"],
    "Where wallets reach each site: those that come to one that is not the region's home are sent on. Without it they are only turned away",
  ),
} as const;
