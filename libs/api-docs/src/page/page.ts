import { closeCodes, messageCatalogue, type MessageSpec } from "@p4/protocol";
import { closeCodeOf, type ErrorTables } from "../error-description.ts";
import { joinQuery } from "../join-query.ts";
import { bodySchemaNames, headersOf } from "../asyncapi/message-descriptions.ts";
import { messageExamples } from "../asyncapi/message-examples.ts";
import { describe } from "../openapi/openapi.ts";
import type { MountedRoute, OperationDescription } from "../openapi/operation.ts";
import { html, type Html } from "./html.ts";
import { style } from "./style.ts";

export interface PageOptions extends ErrorTables {
  readonly title: string;
  readonly mounted: readonly MountedRoute[];
}

/** All messages and routes on one page, without scripts and without anything from elsewhere. */
export function page({ title, mounted, messageErrors, joinErrors }: PageOptions): string {
  const routes = mounted.map((route) => describe(route)).filter((route) => route !== undefined);
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}: messages and routes</title>
        <link rel="icon" href="data:," />
        <style>
          ${{ html: style }}
        </style>
      </head>
      <body>
        <a class="skip" href="#messages">To the messages</a>
        <header>
          <h1>${title}</h1>
          <p>A merchant and a customer talk over one channel for each invoice: by WebSocket, or by HTTP.</p>
          <nav aria-label="On this page">
            <ul>
              <li><a href="#joining">Joining</a></li>
              <li><a href="#messages">Messages</a></li>
              <li><a href="#errors">Errors</a></li>
              <li><a href="#closing">Close codes</a></li>
              ${tags.map((tag) => html`<li><a href="#${idOf(tag)}">${tag}</a></li> `)}
              <li><a href="/docs/asyncapi.json">asyncapi.json</a></li>
              <li><a href="/docs/openapi.json">openapi.json</a></li>
            </ul>
          </nav>
        </header>
        <main>
          <h2 id="joining">Joining</h2>
          <p>
            Connect to <code>/ws/&lt;invoice&gt;</code>. The first message is <code>join.success</code>; what is pending
            for the role follows.
          </p>
          <dl>
            ${joinQuery.map(
              ({ name, description }) =>
                html`<dt><code>${name}</code></dt>
                  <dd>${prose(description)}</dd> `,
            )}
          </dl>
          <h3>Refused joins</h3>
          <p>
            Told as HTTP with a problem document. To a browser's page and to Node.js, which never see that answer:
            accepted, then closed with the code in brackets and a reason that begins with the error's code.
          </p>
          <dl>
            ${joinErrors.map(
              (error) =>
                html`<dt>
                    <code>${error.code}</code>
                    <span class="tag">${error.status} (${closeCodeOf(error) ?? "HTTP only"})</span>
                  </dt>
                  <dd>${error.rule}</dd> `,
            )}
          </dl>
          <h2 id="messages">Messages</h2>
          ${messageCatalogue.map(messageSection)}
          <h2 id="errors">Errors</h2>
          <p>The <code>errCode</code> of an <code>error</code> message, which its sender alone gets.</p>
          <dl>
            ${messageErrors.map(
              ({ code, rule, retryable }) =>
                html`<dt><code>${code}</code> <span class="tag">${retryable ? "may succeed later" : ""}</span></dt>
                  <dd>${rule}</dd> `,
            )}
          </dl>
          <h2 id="closing">Close codes</h2>
          <dl>
            ${Object.values(closeCodes).map(
              ({ code, meaning, whatToDo }) =>
                html`<dt><code>${code}</code></dt>
                  <dd>${prose(`${meaning} ${whatToDo}`)}</dd> `,
            )}
          </dl>
          ${tags.map(
            (tag) =>
              html`<h2 id="${idOf(tag)}">${tag}</h2>
                ${routes.filter((route) => route.tag === tag).map(routeSection)}`,
          )}
        </main>
        <footer>Made from the types and tables of the running server.</footer>
      </body>
    </html> `.html;
}

function messageSection(spec: MessageSpec): Html {
  const headers = headersOf(spec.key);
  const bodies = bodySchemaNames(spec.body);
  return html`<details id="message-${spec.key}">
    <summary><code>${spec.key}</code> <span class="what">${spec.summary}</span></summary>
    <div>
      <p class="tag">
        Sent by the ${spec.from.join(" or the ")}. Body: ${bodies.length === 0 ? "none" : bodies.join(", ")}.
      </p>
      ${
        headers.length === 0
          ? { html: "" }
          : html`<h3>Headers set by the server</h3>
              <dl>
                ${headers.map(
                  ({ name, description }) =>
                    html`<dt><code>${name}</code></dt>
                      <dd>${description}</dd>`,
                )}
              </dl>`
      }
      ${messageExamples(spec).map(({ name, summary, payload }) => example(`${name}: ${summary}`, payload))}
    </div>
  </details> `;
}

function routeSection({ method, path, summary, parameters = [], requestBody, responses }: OperationDescription): Html {
  return html`<details>
    <summary><code>${method} ${path}</code> <span class="what">${summary}</span></summary>
    <div>
      ${
        parameters.length === 0
          ? { html: "" }
          : html`<h3>Parameters</h3>
              <dl>
                ${parameters.map(
                  (each) =>
                    html`<dt><code>${each.name}</code> <span class="tag">${each.in}</span></dt>
                      <dd>${prose(each.description)}</dd>`,
                )}
              </dl>`
      }
      ${
        requestBody === undefined
          ? { html: "" }
          : html`<h3>Body</h3>
              <p>${requestBody.description}</p>
              ${example("Example", requestBody.example)}`
      }
      <h3>Answers</h3>
      <dl>
        ${Object.entries(responses).map(
          ([status, { description }]) =>
            html`<dt><code>${status}</code></dt>
              <dd>${description}</dd>`,
        )}
      </dl>
    </div>
  </details> `;
}

/** A box that scrolls must be reachable by keyboard. */
function example(title: string, value: unknown): Html {
  return html`<h3>${title}</h3>
    <pre tabindex="0" aria-label="${title}">${JSON.stringify(value, null, 2)}</pre>`;
}

function prose(text: string): Html {
  return { html: html`${text}`.html.replace(/`([^`]*)`/g, "<code>$1</code>") };
}

function idOf(tag: string): string {
  return tag.toLowerCase().replaceAll(" ", "-");
}
