import { join } from "node:path";
import { addressesOf, type Config } from "@p4/config";
import type { HttpRequest, HttpResponse, HttpRoute } from "@p4/http";
import type { ChannelNode } from "@p4/app";
import { pageResponse, type Assets } from "@p4/pages";
import type { Metrics, Readiness } from "@p4/telemetry";
import { closedText, denialOf, guardApi, type AccessRules } from "./access/access.ts";
import { loginRoutes, seeOther } from "./access/login-routes.tsx";
import { ChannelDirectory } from "./channels/channel-directory.ts";
import { actionRoutes } from "./channels/action-routes.ts";
import { channelRoutes } from "./channels/channel-routes.ts";
import { channelsRoute } from "./channels/channels-route.ts";
import { PresenceCache } from "./channels/presence-cache.ts";
import { ConsolePage, type ConsolePageProps } from "./pages/console-page.tsx";
import { ClosedPage } from "./pages/login-page.tsx";
import { systemRoute } from "./system/system-route.ts";
import { listPageRows } from "./views/views.ts";

/** Scripts and styles of the console, for `loadAssets`. */
export const consoleBundles = join(import.meta.dirname, "../dist/browser");

export interface ConsoleOptions {
  readonly config: Config;
  readonly node: ChannelNode;
  /** With those of `consoleBundles` among them. */
  readonly assets: Assets;
  readonly nowMs: () => number;
  /** Null: serving. Otherwise why not, for example that the broker is away. */
  readonly trouble: () => string | null;
  readonly onError: (error: unknown, where: string) => void;
  readonly metrics: Pick<Metrics, "expose">;
  readonly readiness: Pick<Readiness, "report">;
  /** For the server's own log: what operators do. */
  readonly tell: (action: object) => void;
}

export interface Console {
  readonly routes: readonly HttpRoute[];
  close(): void;
}

/** The operator's console, as routes under `/console` of the server that mounts it. Reads nothing before the first request. */
export function openConsole({
  config,
  node,
  assets,
  nowMs,
  trouble,
  onError,
  tell,
  metrics,
  readiness,
}: ConsoleOptions): Console {
  const operator = { node, config, address: { monitorUrls: config.natsMonitorUrls ?? [], minerUrl: null } };
  const rules: AccessRules = { key: config.consoleKey, nowMs };
  const presence = new PresenceCache({
    isAlive: (nodeId, connectionId) => node.isConnectionAlive(nodeId, connectionId),
    nowMs,
  });
  const directory = new ChannelDirectory({
    index: node.index,
    nowMs,
    brokerTrouble: trouble,
    onError: (error) => onError(error, "console's list of channels"),
  });
  const system = systemRoute({
    operator,
    metrics,
    readiness,
    nowMs,
    onError: (error) => onError(error, "console's history of metrics"),
  });
  const page = (
    path: string,
    view: ConsolePageProps["view"],
    titleOf: (request: HttpRequest) => string,
  ): HttpRoute => ({
    method: "GET",
    path,
    handle: (request) => showPage(request, view, titleOf(request)),
  });
  const showPage = (request: HttpRequest, view: ConsolePageProps["view"], title: string): HttpResponse => {
    const denial = denialOf(request, rules);
    if (denial === "login") {
      const query = request.query.toString();
      const next = `${request.path}${query === "" ? "" : `?${query}`}`;
      return seeOther(`/console/login?next=${encodeURIComponent(next)}`);
    }
    if (denial !== null) return pageResponse(<ClosedPage assets={assets} text={closedText} />, 403);
    if (view === "channels") directory.prepare();
    // A search is asked for in the browser's own time, which the server does not know.
    const isWholeList = view === "channels" && request.query.size === 0;
    const firstFetches = isWholeList ? [`/console/api/channels?offset=0&limit=${String(listPageRows)}`] : [];
    return pageResponse(<ConsolePage {...{ assets, view, title, firstFetches, hasLogin: rules.key !== null }} />);
  };
  const api = [
    channelsRoute({ directory, presence, nowMs }),
    ...channelRoutes({ node, presence, nowMs }),
    ...actionRoutes({ operator, nowMs, tell }),
    system.route,
  ].map((route) => guardApi(route, rules));
  return {
    routes: [
      page("/console", "channels", () => "Channels"),
      page("/console/system", "system", () => "System"),
      page("/console/channels/:id", "channel", ({ params }) => params["id"] ?? ""),
      ...loginRoutes({ ...rules, assets, isSecure: addressesOf(config).publicUrl.startsWith("https:") }),
      ...api,
    ],
    close() {
      directory.close();
      system.close();
    },
  };
}
