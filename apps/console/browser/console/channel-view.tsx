import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { connectionsAt, proofsAt } from "../../src/views/at-point.ts";
import type { ChannelAnswer, UnchangedAnswer } from "../../src/views/views.ts";
import { askApi, type Answer } from "./ask-api.ts";
import { ActionsView } from "./actions-view.tsx";
import { ChannelFacts, Connections, Proofs } from "./channel-facts.tsx";
import { CompareView, DeliveriesAt, HistorySlider } from "./history-view.tsx";
import { StaleNotice } from "./notices.tsx";
import { StatechartView } from "./statechart-view.tsx";
import { TimelineView } from "./timeline-view.tsx";
import { usePolling } from "./use-polling.ts";
import { stateClass, stateText } from "./words.ts";

type Known = ChannelAnswer & { readonly streamVersion: number };

/** One channel: as it is, and as it was at any point of its history. */
export function ChannelView({ channelId }: { readonly channelId: string }): VNode {
  const known = useRef<Known | null>(null);
  const polled = usePolling<Known>(channelId, async () => {
    const before = known.current;
    const query = before === null ? "" : `?known=${String(before.streamVersion)}`;
    const answer = await askApi<Known | UnchangedAnswer>(`/channels/${channelId}${query}`);
    if (!answer.ok) return answer;
    known.current = "unchanged" in answer.value ? before && { ...before, ...answer.value } : answer.value;
    return known.current === null ? noAnswer : { ok: true, value: known.current };
  });
  const { value: channel, trouble, atMs, again } = polled;
  if (channel === null) {
    return (
      <div class="console">
        <h1 class="mono">{channelId}</h1>
        <div role="status">
          {trouble === null && <p class="quiet">Asking the server…</p>}
          {trouble?.status === 404 && (
            <p class="notice">
              There is no channel of this name in the log. One that has left it with its age may be in the archive:{" "}
              <code>p4 evidence fetch</code>. <a href="/console">To the list</a>
            </p>
          )}
          {trouble !== null && trouble.status !== 404 && <p class="notice bad">{trouble.text}</p>}
        </div>
      </div>
    );
  }
  return <Whole channelId={channelId} channel={channel} trouble={trouble?.text ?? null} atMs={atMs} again={again} />;
}

const noAnswer: Answer<never> = { ok: false, status: 0, text: "no answer" };

interface WholeProps {
  readonly channelId: string;
  readonly channel: ChannelAnswer;
  readonly trouble: string | null;
  readonly atMs: number;
  readonly again: () => void;
}

function Whole({ channelId, channel, trouble, atMs, again }: WholeProps): VNode {
  const { entries, row, machine, proofs, connections } = channel;
  const nowMs = useServerClock(channel.nowMs, atMs);
  const [at, setAt] = useAddressNumber("at");
  const last = entries.length - 1;
  const point = clamp(at ?? last, last);
  const isLive = at === null || point === last;
  const state = isLive ? row.state : (entries[point]?.after ?? row.state);
  const past = entries.slice(0, point + 1);
  const pastEvent = isLive ? null : point + 1;
  const moveTo = (index: number): void => setAt(index === last ? null : index);
  return (
    <div class="console channel">
      <div class="title">
        <p class="small">
          <a href="/console">Channels</a>
        </p>
        <h1 class="mono">{channelId}</h1>
        <p>
          <span class={stateClass(state)}>{stateText(state)}</span>{" "}
          <span class={isLive ? "chip good" : "chip warn"}>
            {pastEvent === null ? "live" : `as it was at event ${String(pastEvent)}`}
          </span>
        </p>
      </div>
      <div class="halves">
        <div class="stack">
          <History channelId={channelId} channel={channel} point={point} isLive={isLive} moveTo={moveTo} />
          <Connections
            connections={isLive ? connections : connectionsAt(past, connections)}
            nowMs={nowMs}
            pastEvent={pastEvent}
          />
          <Proofs proofs={proofsAt(proofs, past.at(-1)?.streamVersion ?? 0)} pastEvent={pastEvent} />
        </div>
        <div class="stack">
          <ChannelFacts channel={channel} nowMs={nowMs} isPast={!isLive} />
          <ActionsView
            channelId={channelId}
            txids={row.txids}
            isOver={row.state === "expired" || row.state === "closed" || row.state === "damaged"}
            closeWarning={channel.closeWarning}
            onDone={again}
          />
          <section class="card" aria-label="State machine">
            <h2>State machine</h2>
            <StatechartView machine={machine} current={state} steps={past} />
          </section>
        </div>
      </div>
      <StaleNotice trouble={trouble} asOfMs={atMs} />
    </div>
  );
}

interface HistoryProps {
  readonly channelId: string;
  readonly channel: Pick<ChannelAnswer, "entries" | "proofs">;
  /** Index of the entry that the page stands at. */
  readonly point: number;
  readonly isLive: boolean;
  readonly moveTo: (index: number) => void;
}

/** The slider over the recorded history, a second point to compare with, and the timeline. */
function History({ channelId, channel: { entries, proofs }, point, isLive, moveTo }: HistoryProps): VNode {
  const [other, setOther] = useAddressNumber("with");
  const last = entries.length - 1;
  const second = clamp(other ?? 0, last);
  return (
    <section class="card" aria-label="History">
      <div class="heading">
        <h2>History</h2>
        <span class="actions">
          <button type="button" class="button" disabled={isLive} onClick={() => moveTo(last)}>
            Back to now
          </button>
          <button
            type="button"
            class="button"
            aria-pressed={other !== null}
            onClick={() => setOther(other === null ? 0 : null)}
          >
            Compare two points
          </button>
        </span>
      </div>
      {other !== null && <HistorySlider entries={entries} label="First point" at={second} onMove={setOther} />}
      {entries.length > 1 && (
        <HistorySlider
          entries={entries}
          label={other === null ? "Point in the history" : "Second point"}
          at={point}
          onMove={moveTo}
        />
      )}
      {other !== null && <CompareView entries={entries} proofs={proofs} left={second} right={point} />}
      <DeliveriesAt entries={entries} at={point} />
      <TimelineView channelId={channelId} entries={entries} at={point} onPick={moveTo} />
    </section>
  );
}

/** The server's time, each second. */
function useServerClock(serverMs: number, gotAtMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(serverMs, nowMs + serverMs - gotAtMs);
}

/** A number that the page's address keeps, so that the view can be linked to; null: not there. */
function useAddressNumber(name: string): readonly [number | null, (value: number | null) => void] {
  const [value, setValue] = useState(() => {
    const text = new URLSearchParams(location.search).get(name);
    return text !== null && /^\d{1,5}$/.test(text) ? Number(text) : null;
  });
  return [
    value,
    (next) => {
      const query = new URLSearchParams(location.search);
      if (next === null) query.delete(name);
      else query.set(name, String(next));
      const text = query.toString();
      history.replaceState(null, "", location.pathname + (text === "" ? "" : `?${text}`));
      setValue(next);
    },
  ];
}

function clamp(index: number, last: number): number {
  return Math.max(0, Math.min(index, last));
}
