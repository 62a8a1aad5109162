import { deliveryOf, type Delivery } from "@p4/channel/delivery";
import { momentText } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { connectionsOf, proofsAt } from "../../src/views/at-point.ts";
import type { EntryView, ProofView } from "../../src/views/views.ts";
import { counted, stateText, stepText } from "./words.ts";

interface SliderProps {
  readonly entries: readonly EntryView[];
  readonly label: string;
  readonly at: number;
  readonly onMove: (index: number) => void;
}

/** Moves through the recorded history: arrow keys go from event to event. */
export function HistorySlider({ entries, label, at, onMove }: SliderProps): VNode {
  const last = entries.length - 1;
  const entry = entries[at];
  const told =
    entry === undefined
      ? ""
      : `event ${String(at + 1)} of ${String(last + 1)}: ${visibleText(entry.what)}, ${stateText(entry.after)}`;
  const id = `slider-${label.replace(/\W/g, "")}`;
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <div class="track">
        <button
          type="button"
          class="button"
          aria-label="One event back"
          disabled={at === 0}
          onClick={() => onMove(at - 1)}
        >
          ←
        </button>
        <input
          id={id}
          type="range"
          min={0}
          max={last}
          value={at}
          aria-valuetext={told}
          onInput={({ currentTarget }) => onMove(Number(currentTarget.value))}
        />
        <button
          type="button"
          class="button"
          aria-label="One event on"
          disabled={at === last}
          onClick={() => onMove(at + 1)}
        >
          →
        </button>
      </div>
      <p class="small quiet told">
        {told}
        {entry !== undefined && `, ${momentText(entry.atMs)}`}
      </p>
    </div>
  );
}

const roles = ["merchant", "customer"] as const;
const deliveryWords: Readonly<Record<Delivery, string>> = {
  notSent: "not sent: its wallet has not joined",
  sent: "sent, not confirmed",
  confirmed: "confirmed",
};

/** What each party had been sent at a point of the history, and what waited for it. */
export function DeliveriesAt({ entries, at }: { readonly entries: readonly EntryView[]; readonly at: number }): VNode {
  const past = entries.slice(0, at + 1);
  const here = past.at(-1);
  return (
    <div class="columns">
      {roles.map((role) => (
        <section aria-label={`The ${role}'s messages`}>
          <h3>To the {role}</h3>
          <dl class="facts small">
            <div>
              <dt>Sent so far</dt>
              <dd>{keysText(past.flatMap(({ sent }) => sent[role]))}</dd>
            </div>
            <div>
              <dt>Waits for it</dt>
              <dd>
                {(here?.pending[role] ?? []).length === 0 && "nothing"}
                <ul class="plain">
                  {here?.pending[role].map((key) => (
                    <li>
                      {visibleText(key)} <span class="quiet">{deliveryWords[deliveryAt(past, role, key)]}</span>
                    </li>
                  ))}
                </ul>
              </dd>
            </div>
          </dl>
        </section>
      ))}
    </div>
  );
}

function deliveryAt(past: readonly EntryView[], role: (typeof roles)[number], key: string): Delivery {
  const entry = past.findLast(({ sent }) => sent[role].includes(key));
  return deliveryOf(past, role, entry?.streamVersion ?? 0);
}

function keysText(keys: readonly string[]): string {
  return keys.length === 0 ? "nothing" : keys.map((key) => visibleText(key)).join(", ");
}

interface CompareProps {
  readonly entries: readonly EntryView[];
  readonly proofs: readonly ProofView[];
  readonly left: number;
  readonly right: number;
}

/** Two points of the history side by side; what differs is marked. */
export function CompareView({ entries, proofs, left, right }: CompareProps): VNode {
  const [a, b] = [pointOf(entries, proofs, left), pointOf(entries, proofs, right)];
  const names = Object.keys(a);
  const apartMs = (entries[right]?.atMs ?? 0) - (entries[left]?.atMs ?? 0);
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Two points compared">
      <table>
        <caption class="small quiet">
          {counted(Math.abs(right - left), "event")} and {stepText(Math.abs(apartMs))} apart, both as the log tells
          them. Who was connected at either is not in it.
        </caption>
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col">First point</th>
            <th scope="col">Second point</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr class={a[name] === b[name] ? "" : "differs"}>
              <th scope="row">{name}</th>
              <td class="wrap">{a[name]}</td>
              <td class="wrap">{b[name]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function pointOf(
  entries: readonly EntryView[],
  proofs: readonly ProofView[],
  at: number,
): Readonly<Record<string, string>> {
  const past = entries.slice(0, at + 1);
  const here = past.at(-1);
  if (here === undefined) return {};
  return {
    "Last event": `${visibleText(here.what)} by ${here.from} (sequence ${String(here.streamVersion)})`,
    Time: exactText(here.atMs),
    State: stateText(here.after),
    Deadline: exactText(here.expiresAtMs),
    Events: String(past.length),
    "Sent to the merchant": keysText(past.flatMap(({ sent }) => sent.merchant)),
    "Sent to the customer": keysText(past.flatMap(({ sent }) => sent.customer)),
    "Waits for the merchant": keysText(here.pending.merchant),
    "Waits for the customer": keysText(here.pending.customer),
    Proofs: proofsText(proofs, here.streamVersion),
    "Had joined or spoken": connectionsText(past),
  };
}

const exactText = (atMs: number): string => `${momentText(atMs)} (${new Date(atMs).toISOString()})`;

function proofsText(proofs: readonly ProofView[], sequence: number): string {
  const told = proofsAt(proofs, sequence).map(({ stands, status, blockHeight }) => {
    return `${stands ? status : "revoked"}${blockHeight === null ? "" : ` in block ${String(blockHeight)}`}`;
  });
  return told.length === 0 ? "none" : told.join(", ");
}

function connectionsText(past: readonly EntryView[]): string {
  const told = connectionsOf(past).map(({ role, connectionId }) => {
    return `${role ?? "no role yet"} ${visibleText(connectionId.slice(0, 8))}`;
  });
  return told.length === 0 ? "no wallet" : told.join(", ");
}
