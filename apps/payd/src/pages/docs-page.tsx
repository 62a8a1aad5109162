import { Page, type Assets } from "@p4/pages";
import type { VNode } from "preact";
import { paydOperations } from "../routes/operations.ts";

/** The HTTP interface at a glance; the whole of it is in openapi.json. */
export function DocsPage({ assets }: { readonly assets: Assets }): VNode {
  return (
    <Page title="payd: HTTP interface" styles={[assets.url("pages.css"), assets.url("shop.css")]}>
      <section class="card stack">
        <h1>HTTP interface</h1>
        <p>
          With <code>Authorization: Bearer</code> and an API key of the scope.{" "}
          <a href="/docs/openapi.json">openapi.json</a> has parameters, bodies and answers.
        </p>
        <dl>
          {paydOperations.map(({ method, path, scope, summary }) => (
            <>
              <dt>
                <code>
                  {method} {path}
                </code>
              </dt>
              <dd>
                {summary} Scope: {scope}.
              </dd>
            </>
          ))}
        </dl>
      </section>
    </Page>
  );
}
