import type { ComponentChildren, VNode } from "preact";

export interface PageProps {
  readonly title: string;
  /** URLs of the styles and of the module scripts, all of this server. */
  readonly styles: readonly string[];
  readonly scripts?: readonly string[];
  /** URLs of this server that the scripts ask for first: fetched while these are still being loaded. */
  readonly firstFetches?: readonly string[];
  /** What is shown in the head of the page beside the name. */
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  /** For what needs more room than a text. */
  readonly wide?: boolean;
  /** Shown within another page, which has a head of its own. */
  readonly embedded?: boolean;
  /** Seconds after which a browser without script loads the page again. */
  readonly reloadWithoutScript?: number;
  readonly children: ComponentChildren;
}

/** A drawing of four dots, one in colour. */
const icon =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f4bd0"/>' +
      '<path d="M5 12V4h3.2a2.6 2.6 0 0 1 0 5.2H5" fill="none" stroke="#fff" stroke-width="1.8"/></svg>',
  );

/** The frame that all pages share: head with the name and links, the page's own part, nothing from another host. */
export function Page({
  title,
  styles,
  scripts = [],
  firstFetches = [],
  links = [],
  wide = false,
  embedded = false,
  reloadWithoutScript,
  children,
}: PageProps): VNode {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href={icon} />
        {styles.map((href) => (
          <link rel="stylesheet" href={href} />
        ))}
        {firstFetches.map((href) => (
          <link rel="preload" as="fetch" crossOrigin="anonymous" href={href} />
        ))}
        {scripts.map((src) => (
          <script type="module" src={src} />
        ))}
        {reloadWithoutScript !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(reloadWithoutScript)} />
          </noscript>
        )}
      </head>
      <body class={wide ? "wide" : undefined}>
        {!embedded && <Head links={links} />}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}

function Head({ links }: Required<Pick<PageProps, "links">>): VNode {
  return (
    <>
      <a class="skip" href="#content">
        To the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          P4
        </a>
        <nav aria-label="Pages">
          {links.map(({ href, text }) => (
            <a href={href}>{text}</a>
          ))}
        </nav>
      </header>
    </>
  );
}
