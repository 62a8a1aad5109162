import { performStep, surveyRegion, type StepOptions } from "@p4/nats";
import type { Plan, RegionState, Step } from "@p4/regions";
import { waitFor } from "@p4/testkit/wait-for";
import type { Site } from "./start-sites.ts";

export const region = "local";

export interface Move {
  readonly sites: readonly Site[];
  /** Sites that are not asked: they are gone. */
  readonly lost?: readonly string[];
  readonly plan: (state: RegionState) => Plan;
  readonly onStepDone?: (step: Step) => void;
  readonly keepTail?: StepOptions["keepTail"];
}

/** What `p4 region` does after the answer. Resolves with what the sites said before. */
export async function moveRegion({ sites, lost = [], plan, onStepDone, keepTail }: Move): Promise<RegionState> {
  const brokers = new Map(sites.map(({ name, broker }) => [name, lost.includes(name) ? null : broker]));
  const state = await surveyRegion(brokers, region);
  const options = { region, sites: brokers, replicas: 1, keepTail: keepTail ?? refuseTail };
  for (const step of plan(state).steps) {
    await performStep(step, options);
    onStepDone?.(step);
  }
  return state;
}

const patience = { timeoutMs: 60_000, intervalMs: 50 };

/** Until a site that was started again answers over the connection that it had. */
export async function untilAnswering({ name, broker }: Site): Promise<void> {
  const answers = async (): Promise<boolean> => {
    const { sites } = await surveyRegion(new Map([[name, broker]]), region);
    return sites[0]?.answers === true;
  };
  await waitFor(answers, { ...patience, description: `site ${name} answers` });
}

/** Until the edge of a site says this of its readiness: `"confirmedBy"`, at home, when its events wait for copies. */
export async function untilReadySays({ name, edgeUrl }: Site, words: string): Promise<void> {
  const says = async (): Promise<boolean> => {
    const readyz = await fetch(`${edgeUrl.replace(/^ws/, "http")}/readyz`);
    return (await readyz.text()).includes(words);
  };
  await waitFor(says, { ...patience, description: `the edge at ${name} says ${words}` });
}

/** In a planned move there is none: an event that one site alone has is a fault. */
const refuseTail: StepOptions["keepTail"] = (site, { stream }) =>
  Promise.reject(new Error(`${stream} at ${site} has events that the new home lacks`));

/** How long the copies at a site have not heard of their home, in ms: the longest. */
export function copyAgeMs(state: RegionState, site: string): number {
  const streams = state.sites.find((each) => each.site === site)?.streams ?? [];
  return Math.max(0, ...streams.map(({ role }) => (role.kind === "copy" ? (role.ageMs ?? Infinity) : 0)));
}
