import { Page, type Assets } from "@p4/pages";
import type { VNode } from "preact";

/** The frame of the wallet: all of it is made by the script. */
export function TryPage({ assets }: { readonly assets: Assets }): VNode {
  return (
    <Page
      title="Test wallet"
      wide
      styles={[assets.url("pages.css"), assets.url("try.css")]}
      scripts={[assets.url("try.js")]}
      links={[{ href: "/docs", text: "Messages and routes" }]}
    >
      <div id="try">
        <h1>Test wallet</h1>
        <noscript>
          <p class="notice warn">This wallet signs in the browser, which takes JavaScript.</p>
        </noscript>
      </div>
    </Page>
  );
}
