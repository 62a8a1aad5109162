import { Page, type Assets } from "@p4/pages";
import type { VNode } from "preact";

export interface MessagePageProps {
  readonly assets: Assets;
  readonly headline: string;
  readonly detail: string;
  /** Whether the same page may be there in a moment. */
  readonly retry: boolean;
}

/** In place of a page that cannot be shown. */
export function MessagePage({ assets, headline, detail, retry }: MessagePageProps): VNode {
  return (
    <Page title={headline} styles={[assets.url("pages.css"), assets.url("shop.css")]}>
      <section class="card stack">
        <h1>{headline}</h1>
        <p>{detail}</p>
        <div class="actions">
          {retry && (
            <a class="button primary" href="">
              Try again
            </a>
          )}
          <a class="button" href="/">
            To the front page
          </a>
        </div>
      </section>
    </Page>
  );
}
