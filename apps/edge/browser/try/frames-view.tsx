import { momentText } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { snippetOf, type SnippetLanguage } from "../../src/pages/try/snippets.ts";
import type { RecordedFrame } from "./recorded-socket.ts";

/** What went over the sockets of this page, each side in its column. */
export function FramesView({ frames }: { readonly frames: readonly RecordedFrame[] }): VNode {
  const hasMerchant = frames.some(({ side }) => side === "merchant");
  return (
    <div class={hasMerchant ? "frames both" : "frames"}>
      <Column title="Customer's frames" frames={frames.filter(({ side }) => side === "customer")} />
      {hasMerchant && <Column title="Merchant's frames" frames={frames.filter(({ side }) => side === "merchant")} />}
    </div>
  );
}

function Column({ title, frames }: { readonly title: string; readonly frames: readonly RecordedFrame[] }): VNode {
  return (
    <section aria-label={title} class="stack">
      <h2>{title}</h2>
      {frames.length === 0 && <p class="quiet">None yet. Open a payment request, and each message appears here.</p>}
      <ol>
        {frames.map((frame) => (
          <li key={frame.id}>
            <FrameView frame={frame} />
          </li>
        ))}
      </ol>
    </section>
  );
}

const languages: readonly { readonly language: SnippetLanguage; readonly name: string }[] = [
  { language: "js", name: "JavaScript" },
  { language: "go", name: "Go" },
  { language: "curl", name: "curl" },
];

function FrameView({ frame }: { readonly frame: RecordedFrame }): VNode {
  const { key, detail } = outlineOf(frame.text);
  const isSent = frame.direction === "sent";
  return (
    <details class="frame">
      <summary>
        <span class={`chip ${isSent ? "accent" : ""}`}>{isSent ? "sent" : "received"}</span>
        <span class="key">{key}</span>
        <span class="quiet small">{detail}</span>
      </summary>
      <div class="opened">
        <p class="quiet small">{momentText(frame.atMs)}</p>
        <pre tabIndex={0} aria-label={`${key}, whole frame`}>
          {pretty(frame.text)}
        </pre>
        {isSent && (
          <div class="actions">
            {languages.map(({ language, name }) => (
              <CopyButton name={name} text={() => snippetOf(language, frame)} />
            ))}
          </div>
        )}
      </div>
    </details>
  );
}

function CopyButton({ name, text }: { readonly name: string; readonly text: () => string }): VNode {
  const [shown, setShown] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setShown("copied");
    } catch {
      // No clipboard outside a secure context, or not allowed: shown to be copied by hand.
      setShown(text());
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        {shown === "copied" ? "Copied" : `Copy as ${name}`}
      </button>
      {shown !== null && shown !== "copied" && (
        <pre tabIndex={0} aria-label={`As ${name}`}>
          {shown}
        </pre>
      )}
    </>
  );
}

const maxDetail = 160;

/** What an `error` message says: code, field and rule. */
function refusalOf(errorBody: unknown): string {
  const { errCode, description } = (errorBody ?? {}) as Readonly<Record<string, unknown>>;
  return [errCode, description].filter((part) => typeof part === "string").join(": ");
}

function outlineOf(text: string): { readonly key: string; readonly detail: string } {
  try {
    const { key, body = null, errorBody } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const detail = key === "error" ? refusalOf(errorBody) : body === null ? "" : JSON.stringify(body);
    return {
      key: typeof key === "string" ? visibleText(key) : "no key",
      detail: visibleText(detail.length > maxDetail ? `${detail.slice(0, maxDetail)}…` : detail),
    };
  } catch {
    return { key: "not JSON", detail: visibleText(text.slice(0, maxDetail)) };
  }
}

function pretty(text: string): string {
  try {
    return visibleText(JSON.stringify(JSON.parse(text), null, 2), "\n");
  } catch {
    return visibleText(text, "\n");
  }
}
