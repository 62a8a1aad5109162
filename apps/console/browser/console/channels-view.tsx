import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { addressOf, readListQuery, type ListQuery } from "./channel-query.ts";
import { ChannelList } from "./channel-list.tsx";
import { stateText } from "./words.ts";

const states = [
  "awaitingTermsRequest",
  "awaitingTerms",
  "awaitingPayment",
  "awaitingAck",
  "awaitingLateAck",
  "awaitingProof",
  "settled",
  "expired",
  "closed",
  "damaged",
];

/** Debounce of the search field. */
const typingMs = 200;

/** The search and the list of channels. */
export function ChannelsView(): VNode {
  const [query, setQuery] = useState(() => readListQuery(location.search));
  const [asked, setAsked] = useState(query);
  const change = (changes: Partial<ListQuery>): void => setQuery((before) => ({ ...before, ...changes }));

  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(query);
      history.replaceState(null, "", `/console${addressOf(query)}`);
    }, typingMs);
    return () => clearTimeout(timer);
  }, [query]);

  return (
    <div class="console">
      <h1>Channels</h1>
      <form role="search" class="search" onSubmit={(event) => event.preventDefault()}>
        <div class="field">
          <label for="q">Search</label>
          <input
            id="q"
            type="search"
            value={query.q}
            maxLength={200}
            placeholder="Channel, transaction or memo"
            autoComplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => change({ q: currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for="state">State</label>
          <select
            id="state"
            value={query.state}
            onChange={({ currentTarget }) => change({ state: currentTarget.value })}
          >
            <option value="">all</option>
            {states.map((state) => (
              <option value={state}>{stateText(state)}</option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="since">Active since</label>
          <input
            id="since"
            type="datetime-local"
            value={query.since}
            onInput={({ currentTarget }) => change({ since: currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for="until">Opened until</label>
          <input
            id="until"
            type="datetime-local"
            value={query.until}
            onInput={({ currentTarget }) => change({ until: currentTarget.value })}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={query.stuck}
            onChange={({ currentTarget }) => change({ stuck: currentTarget.checked })}
          />
          Stuck only
        </label>
      </form>
      <ChannelList query={asked} />
    </div>
  );
}
