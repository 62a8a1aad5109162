import { join } from "node:path";
import { addressesOf, type Config } from "@p4/config";
import { consoleBundles } from "@p4/console";
import { createHeaderSource } from "@p4/headers";
import { json, type HttpRoute } from "@p4/http";
import { loadAssets, pageResponse, prefersPage, VerifierPage, type Assets } from "@p4/pages";
import type { Readiness } from "@p4/telemetry";
import { LandingPage, type LandingLink } from "./landing-page.tsx";
import { TryPage } from "./try-page.tsx";
import { tryRoutes } from "./try-routes.ts";

const headerTimeoutMs = 5_000;

/** Scripts and styles of all pages that this server shows. */
export function pageAssets(): Assets {
  return loadAssets(join(import.meta.dirname, "../../dist/browser"), consoleBundles);
}

/** `GET /`: what this server is; `/verify`: the verifier of evidence files; `/try`: a wallet in the browser, where this system has a development miner to give it coins. */
export function pageRoutes(config: Config, readiness: Readiness, assets: Assets): HttpRoute[] {
  const { minerUrl, paydUrl, publicSocketUrl } = addressesOf(config);
  const hasWallet = config.apps.includes("miner");
  const links: LandingLink[] = [
    ...(hasWallet ? [{ href: "/try", name: "Test wallet", text: "Pay in the browser, and watch each message." }] : []),
    ...(config.apps.includes("payd")
      ? [
          {
            href: paydUrl,
            name: "Demo shop",
            text: "A basket, its checkout page, and the merchant's wallet behind it.",
          },
        ]
      : []),
    { href: "/verify", name: "Verify evidence", text: "Drop an evidence file: what it proves, and what it does not." },
    { href: "/console", name: "Operator's console", text: "Each channel, live and replayed, and how the system does." },
    { href: "/docs", name: "Messages and routes", text: "What wallets and miners send, made from the running server." },
    { href: "/readyz", name: "Health", text: "Each check by name, as load balancers ask for it." },
  ];
  const front: HttpRoute = {
    method: "GET",
    path: "/",
    async handle({ headers }) {
      const { ready, checks } = await readiness.report();
      if (!prefersPage(headers)) {
        const named = Object.fromEntries(links.map(({ name, href }) => [name, href]));
        return json(200, { name: "P4 payment channel server", ready, links: named }, { vary: "accept" });
      }
      const troubles = Object.entries(checks).flatMap(([name, { ok, detail }]) =>
        ok ? [] : [`${name}: ${detail ?? "is not as it should be"}`],
      );
      const props = { assets, ready, troubles, links, socketUrl: publicSocketUrl };
      return pageResponse(<LandingPage {...props} />);
    },
  };
  const verifierLinks = [{ href: "/docs", text: "Messages and routes" }];
  const verifier: HttpRoute = {
    method: "GET",
    path: "/verify",
    handle: () => pageResponse(<VerifierPage assets={assets} links={verifierLinks} />),
  };
  if (!hasWallet) return [front, verifier, assets.route];
  const wallet: HttpRoute = {
    method: "GET",
    path: "/try",
    handle: () => pageResponse(<TryPage assets={assets} />),
  };
  const headers = createHeaderSource(config.headerSource, { timeoutMs: headerTimeoutMs });
  // By its own port: where customers reach it there may be a proxy in between.
  const ownPaydUrl = config.apps.includes("payd") ? addressesOf({ ...config, paydUrl: null }).paydUrl : null;
  const tries = tryRoutes({ minerUrl, headers, paydUrl: ownPaydUrl, nowMs: Date.now });
  return [front, verifier, wallet, ...tries, assets.route];
}
