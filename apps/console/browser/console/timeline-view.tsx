import { momentText } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import type { CutText, EntryView } from "../../src/views/views.ts";
import { stateText, stepText } from "./words.ts";

interface TimelineProps {
  readonly channelId: string;
  readonly entries: readonly EntryView[];
  /** Index of the entry that the page stands at; later ones have not happened yet. */
  readonly at: number;
  readonly onPick: (index: number) => void;
}

/** What happened, each event with its body and as it came in. */
export function TimelineView({ channelId, entries, at, onPick }: TimelineProps): VNode {
  return (
    <ol class="timeline">
      {entries.map((entry, i) => (
        <li key={entry.streamVersion} class={i > at ? "later" : i === at ? "here" : ""}>
          <EntryLine channelId={channelId} entry={entry} isHere={i === at} onPick={() => onPick(i)} />
        </li>
      ))}
    </ol>
  );
}

interface EntryLineProps {
  readonly channelId: string;
  readonly entry: EntryView;
  readonly isHere: boolean;
  readonly onPick: () => void;
}

function EntryLine({ channelId, entry, isHere, onPick }: EntryLineProps): VNode {
  const { atMs, streamVersion, from, what, before, after, sincePreviousMs, detail, body, raw } = entry;
  const exact = new Date(atMs).toISOString();
  return (
    <details class="entry">
      <summary>
        <time class="number quiet small" dateTime={exact} title={exact}>
          {clock.format(atMs)}
        </time>
        <span class={`from ${from}`}>{from}</span>
        <span class="key">{visibleText(what)}</span>
        {before !== after && (
          <span class="small">
            <span class="quiet">{stateText(before)} →</span> {stateText(after)}
          </span>
        )}
        <span class="quiet small after">{sincePreviousMs === 0 ? "" : `+${stepText(sincePreviousMs)}`}</span>
      </summary>
      <div class="opened">
        {detail !== "" && <p class="small">{visibleText(detail)}</p>}
        <p class="quiet small">
          {momentText(atMs)} ({exact}), sequence {streamVersion}, {entry.bytes.toLocaleString("en")} bytes in the log
          {entry.connectionId !== null && (
            <>
              , by connection <span class="mono">{visibleText(entry.connectionId)}</span> of node{" "}
              <span class="mono">{visibleText(entry.nodeId ?? "")}</span>
            </>
          )}
        </p>
        {body !== null && <Text title={`Body of ${what}`} cut={body} isDecoded />}
        {raw !== null && (
          <details class="raw">
            <summary>As it came in</summary>
            <Text title={`${what}, as it came in`} cut={raw} isDecoded={false} />
          </details>
        )}
        <div class="actions">
          <button type="button" class="button" aria-pressed={isHere} onClick={onPick}>
            Show the channel at this point
          </button>
          <a class="button" href={`/console/api/channels/${channelId}/events/${String(streamVersion)}`} download>
            Download the stored event
          </a>
        </div>
      </div>
    </details>
  );
}

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

function Text({
  title,
  cut,
  isDecoded,
}: {
  readonly title: string;
  readonly cut: CutText;
  readonly isDecoded: boolean;
}): VNode {
  const isCut = cut.text.length < cut.length;
  return (
    <>
      <pre tabIndex={0} role="region" aria-label={visibleText(title)}>
        {visibleText(isDecoded && !isCut ? pretty(cut.text) : cut.text, "\n")}
      </pre>
      {isCut && (
        <p class="quiet small">
          The first {cut.text.length.toLocaleString("en")} of {cut.length.toLocaleString("en")} characters. The stored
          event has them all.
        </p>
      )}
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
