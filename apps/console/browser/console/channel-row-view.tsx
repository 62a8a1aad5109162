import { bsvText, countdownText, momentText, satoshisText } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import type { ChannelRow, Presence } from "../../src/views/views.ts";
import { Ago } from "./moments.tsx";
import { spanText, stateClass, stateText } from "./words.ts";

interface RowProps {
  /** In the whole list. */
  readonly index: number;
  /** Pixels from the list's top. */
  readonly top: number;
  /** Null: not here yet. */
  readonly row: ChannelRow | null;
  readonly nowMs: number;
}

const stuckAfterMs = 5 * 60_000;

export function ChannelRowView({ index, top, row, nowMs }: RowProps): VNode {
  return (
    <div role="row" aria-rowindex={index + 2} class="row" style={{ transform: `translateY(${String(top)}px)` }}>
      {row === null ? (
        <span role="cell" class="quiet">
          …
        </span>
      ) : (
        <Cells row={row} nowMs={nowMs} />
      )}
    </div>
  );
}

function Cells({ row, nowMs }: { readonly row: ChannelRow; readonly nowMs: number }): VNode {
  const { channelId, state, memo, fault, txids, lastEventAtMs } = row;
  const isOver = state === "expired" || state === "closed" || state === "damaged";
  return (
    <>
      <span role="cell" class="what">
        <a href={`/console/channels/${channelId}`}>{channelId}</a>
        <span class="small quiet line" title={visibleText(fault ?? memo ?? "")}>
          {fault !== null ? visibleText(fault) : memo !== null ? <bdi>{visibleText(memo)}</bdi> : (txids[0] ?? "")}
        </span>
      </span>
      <span role="cell">
        <span class={stateClass(state)}>{stateText(state)}</span>
      </span>
      <span role="cell" class="number" title={row.satoshis === null ? undefined : `${bsvText(row.satoshis)} BSV`}>
        {row.satoshis === null ? <span class="quiet">–</span> : `${satoshisText(row.satoshis)} sat`}
      </span>
      <span role="cell">
        <Wait row={row} nowMs={nowMs} />
      </span>
      <span role="cell" class="small">
        <Wallet name="merchant" presence={row.merchant} />
        <Wallet name="customer" presence={row.customer} />
      </span>
      <span role="cell" class="quiet">
        {lastEventAtMs > 0 && <Ago atMs={lastEventAtMs} nowMs={nowMs} />}
      </span>
      <span role="cell" class="quiet number" title={momentText(row.expiresAtMs)}>
        {isOver ? "" : row.expiresAtMs > nowMs ? `in ${countdownText(row.expiresAtMs - nowMs)}` : "over"}
      </span>
    </>
  );
}

/** Who is waited for, and since when; or that it has been too long. */
function Wait({ row, nowMs }: { readonly row: ChannelRow; readonly nowMs: number }): VNode {
  const { waitsFor, waitingSinceMs, stuckForMs } = row;
  const isStuck = stuckForMs >= stuckAfterMs;
  return (
    <>
      {isStuck && <span class="chip warn">stuck {spanText(stuckForMs)}</span>}{" "}
      {waitsFor ?? <span class="quiet">{isStuck ? "deadline is over" : "–"}</span>}
      {waitsFor !== null && !isStuck && (
        <span class="quiet" title={momentText(waitingSinceMs)}>
          {" "}
          for {spanText(nowMs - waitingSinceMs)}
        </span>
      )}
    </>
  );
}

/** A dot that is full when connected, and the word for screen readers. */
export function Wallet({ name, presence }: { readonly name: string; readonly presence: Presence | null }): VNode {
  const is = presence?.is ?? null;
  return (
    <span class={`wallet ${is ?? "none"}`} title={is === null ? undefined : `node ${presence?.nodeId ?? ""}`}>
      <span class="dot" aria-hidden="true" />
      {name} <span class="hidden">{is === null ? "not known" : is}</span>
    </span>
  );
}
