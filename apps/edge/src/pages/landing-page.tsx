import { Page, type Assets } from "@p4/pages";
import type { VNode } from "preact";

export interface LandingLink {
  readonly href: string;
  readonly name: string;
  readonly text: string;
}

export interface LandingPageProps {
  readonly assets: Assets;
  readonly ready: boolean;
  /** What is not as it should be, in words. */
  readonly troubles: readonly string[];
  readonly links: readonly LandingLink[];
  readonly socketUrl: string;
}

/** What this server is, how it does, and where to go from here. */
export function LandingPage({ assets, ready, troubles, links, socketUrl }: LandingPageProps): VNode {
  return (
    <Page title="P4 payment channels" styles={[assets.url("pages.css"), assets.url("landing.css")]}>
      <div class="landing">
        <div class="stack">
          <h1>Payment channels</h1>
          <p class="lead quiet">
            Two wallets pay each other over one channel for each invoice. This server stores every message before anyone
            sees it, passes it on, and takes the miner's proof.
          </p>
          <p>
            <span class={`chip ${ready ? "good" : "bad"}`}>{ready ? "Ready" : "Not ready"}</span>
          </p>
          {troubles.map((trouble) => (
            <p class="notice bad">{trouble}</p>
          ))}
          <p class="small">
            Wallets join at <code>{socketUrl}/ws/&lt;channel&gt;</code>
          </p>
        </div>
        <ul class="tiles">
          {links.map(({ href, name, text }) => (
            <li>
              <a class="card tile" href={href}>
                <strong>{name}</strong>
                <span class="quiet">{text}</span>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </Page>
  );
}
