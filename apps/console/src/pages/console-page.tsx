import { Page, type Assets } from "@p4/pages";
import type { VNode } from "preact";

export interface ConsolePageProps {
  readonly assets: Assets;
  readonly title: string;
  /** Which view the script draws. */
  readonly view: "channels" | "channel" | "system";
  /** What the script will ask the API for first. */
  readonly firstFetches: readonly string[];
  /** Whether there is a session that can be ended. */
  readonly hasLogin: boolean;
}

/** The frame of each page of the console: the view is drawn by the script, which asks the API. */
export function ConsolePage({ assets, title, view, firstFetches, hasLogin }: ConsolePageProps): VNode {
  return (
    <Page
      title={`${title} · P4 console`}
      wide
      styles={[assets.url("pages.css"), assets.url("console.css")]}
      scripts={[assets.url("console.js")]}
      firstFetches={firstFetches}
      links={[
        { href: "/console", text: "Channels" },
        { href: "/console/system", text: "System" },
        { href: "/docs", text: "Messages and routes" },
      ]}
    >
      <div id="console" data-view={view}>
        <h1>{title}</h1>
        <noscript>
          <p class="notice warn">
            The console draws what it is told in the browser, which takes JavaScript. <code>p4 channels</code> and{" "}
            <code>p4 replay</code> tell the same in a terminal.
          </p>
        </noscript>
      </div>
      {hasLogin && (
        <form method="post" action="/console/logout" class="logout">
          <button type="submit" class="button">
            Log out
          </button>
        </form>
      )}
    </Page>
  );
}
