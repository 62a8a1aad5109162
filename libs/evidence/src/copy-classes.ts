import type { EventMetadata } from "@p4/channel";

/** An event that may say what was promised of it when a whole site is lost. */
export interface StampedEvent {
  readonly streamVersion: number;
  readonly event: { readonly metadata: Pick<EventMetadata, "copyClass"> };
}

/** Neighbouring events of one class; null: they state none, as in a deployment of one site. */
interface ClassRun {
  readonly copyClass: string | null;
  readonly from: number;
  readonly to: number;
}

const meanings: Readonly<Record<string, string>> = {
  none: "no other site had a copy",
  async: "copies at other sites followed, and could lack the last events when the site was lost",
  sync: "an event counted, and was delivered, once a copy at another site had it",
};

/** `sync`, or with events of several classes `async (events 4 to 9), sync (events 12 to 40)`; null: none states a class. */
export function copyClassText(events: readonly StampedEvent[]): string | null {
  const runs = classRuns(events);
  const [first] = runs;
  if (first === undefined || runs.every(({ copyClass }) => copyClass === null)) return null;
  if (runs.length === 1) return first.copyClass;
  return runs
    .map(({ copyClass, from, to }) => {
      const where = from === to ? `event ${from}` : `events ${from} to ${to}`;
      return `${copyClass ?? "not stated"} (${where})`;
    })
    .join(", ");
}

/** What the classes mean that the events state, a sentence each; empty: none is stated, or known here. */
export function copyClassMeanings(events: readonly StampedEvent[]): string[] {
  const stated = new Set(classRuns(events).map(({ copyClass }) => copyClass ?? ""));
  return Object.entries(meanings).flatMap(([name, meaning]) => (stated.has(name) ? [`"${name}": ${meaning}.`] : []));
}

function classRuns(events: readonly StampedEvent[]): ClassRun[] {
  const runs: ClassRun[] = [];
  for (const { streamVersion, event } of events) {
    const copyClass = event.metadata.copyClass ?? null;
    const last = runs.at(-1);
    if (last?.copyClass === copyClass) runs[runs.length - 1] = { ...last, to: streamVersion };
    else runs.push({ copyClass, from: streamVersion, to: streamVersion });
  }
  return runs;
}
