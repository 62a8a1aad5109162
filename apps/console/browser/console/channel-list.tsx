import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { listPageRows as pageRows, type ChannelRow, type ChannelsAnswer } from "../../src/views/views.ts";
import { askApi } from "./ask-api.ts";
import { addressOf, apiQueryOf, type ListQuery } from "./channel-query.ts";
import { ChannelRowView } from "./channel-row-view.tsx";
import { StaleNotice } from "./notices.tsx";
import { usePolling } from "./use-polling.ts";
import { useWindow } from "./use-window.ts";
import { counted } from "./words.ts";

/** Pages that are kept: the memory of a browser that scrolls through 100,000 channels stays bounded. */
const maxPages = 40;

/** A list of any length: only the rows that are seen are drawn and asked for. */
export function ChannelList({ query }: { readonly query: ListQuery }): VNode {
  const body = useRef<HTMLDivElement>(null);
  const [total, setTotal] = useState(0);
  const [pages, setPages] = useState<ReadonlyMap<number, readonly ChannelRow[]>>(new Map());
  const { rowHeight, first, end } = useWindow(body, total);
  const address = addressOf(query);
  const [from, to] = [Math.floor(first / pageRows), Math.floor(Math.max(first, end - 1) / pageRows)];

  useEffect(() => setPages(new Map()), [address]);

  const polled = usePolling<ChannelsAnswer>(`${address} ${String(from)} ${String(to)}`, async () => {
    // Visible pages are polled; their neighbours are fetched once, ready for scrolling.
    const near = Array.from({ length: to - from + 3 }, (_, i) => from - 1 + i);
    const isSeen = (page: number): boolean => page >= from && page <= to;
    const wanted = near
      .filter((page) => page >= 0 && (page === 0 || page * pageRows < total))
      .filter((page) => isSeen(page) || !pages.has(page))
      .sort((left, right) => Number(isSeen(right)) - Number(isSeen(left)));
    const answers = await Promise.all(
      wanted.map((page) => askApi<ChannelsAnswer>(`/channels${apiQueryOf(query, page * pageRows, pageRows)}`)),
    );
    const failed = answers.find(({ ok }) => !ok);
    const [answer] = answers;
    if (failed !== undefined || answer === undefined) return failed ?? { ok: false, status: 0, text: "no answer" };
    setPages((before) => {
      const next = new Map(before);
      for (const [i, page] of wanted.entries()) {
        const given = answers[i];
        next.delete(page);
        if (given?.ok === true) next.set(page, given.value.rows);
      }
      for (const page of next.keys()) if (next.size > maxPages) next.delete(page);
      return next;
    });
    if (answer.ok) setTotal(answer.value.total);
    return answer;
  });

  const { value, trouble, atMs } = polled;
  const rows = Array.from({ length: Math.max(0, Math.min(end, total) - first) }, (_, i) => first + i);
  return (
    <section aria-label="Channels" class="channels">
      <p role="status" class="quiet small count">
        {value === null ? "Asking the server…" : countText(value)}
      </p>
      <div class="rows" role="table" aria-label="Channels" aria-rowcount={total + 1}>
        <div role="rowgroup" class="head">
          <div role="row" aria-rowindex={1}>
            {["Channel", "State", "Amount", "Waits for", "Wallets", "Last event", "Deadline"].map((title) => (
              <span role="columnheader">{title}</span>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="body" ref={body} style={{ height: `${String(total * rowHeight)}px` }}>
          {rows.map((i) => (
            <ChannelRowView
              key={i}
              index={i}
              top={i * rowHeight}
              row={pages.get(Math.floor(i / pageRows))?.[i % pageRows] ?? null}
              nowMs={value?.nowMs ?? Date.now()}
            />
          ))}
        </div>
      </div>
      {value !== null && total === 0 && <Nothing answer={value} isSearch={address !== ""} />}
      <StaleNotice trouble={trouble?.text ?? value?.trouble ?? null} asOfMs={value?.asOfMs ?? atMs} />
    </section>
  );
}

function countText({ total, stuck, known, isReading }: ChannelsAnswer): string {
  const found = counted(total, "channel");
  const of = total === known ? "" : ` of ${known.toLocaleString("en")}`;
  const waiting = stuck === 0 ? "" : `, ${stuck.toLocaleString("en")} of them stuck`;
  return `${found}${of}${waiting}${isReading ? "; more are being read" : ""}`;
}

function Nothing({ answer, isSearch }: { readonly answer: ChannelsAnswer; readonly isSearch: boolean }): VNode {
  if (answer.isReading) return <p class="notice">The index of channels is being read.</p>;
  return (
    <p class="notice">
      {isSearch
        ? "No channel is like that. A transaction that no wallet has submitted finds none."
        : "There is no channel yet: the first wallet that joins opens one."}
    </p>
  );
}
