import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Assets } from "./assets.ts";
import { Page } from "./page.tsx";

const bundles = join(import.meta.dirname, "../dist/browser");

/** The verifier of evidence files, as a page of a server. */
export function VerifierPage({
  assets,
  links,
}: {
  readonly assets: Assets;
  readonly links: readonly PageLink[];
}): VNode {
  return (
    <Page
      title="Verify evidence"
      styles={[assets.url("pages.css"), assets.url("verify.css")]}
      scripts={[assets.url("verify.js")]}
      links={links}
    >
      <Root />
    </Page>
  );
}

interface PageLink {
  readonly href: string;
  readonly text: string;
}

/**
 * The verifier as one document that needs nothing beside it: kept as a file, it works from disk and without a network. Its own
 * policy names the only script and style that may run, by their hashes, and lets it reach nothing.
 */
export function verifierDocument(): string {
  const style = ["pages.css", "verify.css"].map((name) => readFileSync(join(bundles, name), "utf8")).join("\n");
  // What would end the element early means the same with a backslash, in a text and in an expression.
  const script = readFileSync(join(bundles, "verify.js"), "utf8").replace(/<(?=\/script|!--)/gi, "\\x3C");
  const policy =
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:; ` +
    "base-uri 'none'; form-action 'none'";
  const document = (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Verify evidence</title>
        <link rel="icon" href="data:," />
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main id="content">
          <Root />
        </main>
        <script type="module" dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  );
  return `<!doctype html>${renderToString(document)}\n`;
}

function Root(): VNode {
  return (
    <div id="verify">
      <h1>Verify evidence</h1>
      <noscript>
        <p class="notice warn">The file is checked in the browser, which takes JavaScript.</p>
      </noscript>
    </div>
  );
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
