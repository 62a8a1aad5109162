import { momentText } from "@p4/pages/view";
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { frameOutline, frameText } from "../../src/pages/try/frame-text.ts";
import { snippetOf, type SnippetLanguage } from "../../src/pages/try/snippets.ts";
import type { RecordedFrame } from "./recorded-socket.ts";

export interface FramesProps {
  readonly frames: readonly RecordedFrame[];
  /** Null: none is open yet. */
  readonly channelId: string | null;
}

/** What went over the sockets of this page on one channel, each side in its column. */
export function FramesView({ frames, channelId }: FramesProps): VNode {
  const hasMerchant = frames.some(({ side }) => side === "merchant");
  const of = (side: RecordedFrame["side"]): FramesProps => ({
    frames: frames.filter((each) => each.side === side),
    channelId,
  });
  return (
    <div class={hasMerchant ? "frames both" : "frames"}>
      <Column title="Customer's frames" {...of("customer")} />
      {hasMerchant && <Column title="Merchant's frames" {...of("merchant")} />}
    </div>
  );
}

function Column({ title, frames, channelId }: FramesProps & { readonly title: string }): VNode {
  return (
    <section aria-label={title} class="stack">
      <div>
        <h2>{title}</h2>
        {channelId !== null && (
          <p class="quiet small">
            Channel <span class="mono">{channelId}</span>
          </p>
        )}
      </div>
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

function FrameView({ frame }: { readonly frame: RecordedFrame }): VNode {
  const { key, detail } = useMemo(() => frameOutline(frame.text), [frame]);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="frame" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <span class={`chip ${frame.direction === "sent" ? "accent" : ""}`}>{frame.direction}</span>
        <span class="key">{key}</span>
        <span class="quiet small">{detail}</span>
      </summary>
      {isOpen && <WholeFrame name={key} frame={frame} />}
    </details>
  );
}

const languages: readonly { readonly language: SnippetLanguage; readonly name: string }[] = [
  { language: "js", name: "JavaScript" },
  { language: "go", name: "Go" },
  { language: "curl", name: "curl" },
];

function WholeFrame({ name, frame }: { readonly name: string; readonly frame: RecordedFrame }): VNode {
  const { text, cutOf } = useMemo(() => frameText(frame.text), [frame]);
  return (
    <div class="opened">
      <p class="quiet small">{momentText(frame.atMs)}</p>
      <pre tabIndex={0} aria-label={`${name}, whole frame`}>
        {text}
      </pre>
      {cutOf !== null && <p class="quiet small">The start of it: all are {cutOf.toLocaleString("en")} characters.</p>}
      {frame.direction === "sent" && (
        <div class="actions">
          {languages.map(({ language, name: title }) => (
            <CopyButton name={title} text={() => snippetOf(language, frame)} />
          ))}
        </div>
      )}
    </div>
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
