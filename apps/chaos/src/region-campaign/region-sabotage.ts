import { performStep, restoreStream, snapshotStream, surveyRegion, type Broker, type SiteBrokers } from "@p4/nats";
import { currentRow, planFailover, planSwitch, type Plan, type RegionState, type StreamState } from "@p4/regions";
import { region } from "../regions/move-region.ts";
import type { Site } from "../regions/start-sites.ts";
import type { Operator } from "./operator.ts";

/** Ways to break the regions on purpose: the checker has to find each of them. */
export const regionSabotages = {
  /** Nodes that ask no other site whether the home is still theirs. */
  "ignore-lease": "a home ignores its lease",
  /** The home's streams take writes on, and its lease is not waited for, while a copy is promoted. */
  "promote-without-fence": "a copy is promoted and the home before is not fenced",
  /** The deposed home's log goes on behind its tail. */
  "rejoin-keeps-tail": "a deposed home keeps its tail when it becomes a copy",
} as const;

export type RegionSabotage = keyof typeof regionSabotages;

export const regionSabotageNames = Object.keys(regionSabotages) as RegionSabotage[];

/** An operator whose commands do what the sabotage says, and then the rest as they should. */
export function brokenOperator(
  honest: Operator,
  sabotage: RegionSabotage | null,
  sites: readonly Site[],
  onTrouble: (text: string) => void,
): Operator {
  if (sabotage === null || sabotage === "ignore-lease") return honest;
  return {
    async run(args, kill) {
      const brokers = new Map(sites.map(({ name, broker }) => [name, broker]));
      // Where it cannot be done, the command itself says why.
      await (sabotage === "promote-without-fence" ? promote(args, brokers) : keepTail(args, brokers)).catch(
        (error: unknown) => onTrouble(`  not broken: ${error instanceof Error ? error.message : String(error)}`),
      );
      return honest.run(args, kill);
    },
  };
}

const optionOf = (args: readonly string[], name: string): string => args[args.indexOf(name) + 1] ?? "";

async function promote(args: readonly string[], all: SiteBrokers): Promise<void> {
  const [verb] = args;
  if (verb !== "switch" && verb !== "failover") return;
  const to = optionOf(args, "--to");
  const lost = verb === "failover" ? optionOf(args, "--lost") : null;
  const sites = new Map([...all].map(([name, broker]) => [name, name === lost ? null : broker]));
  const plan = (state: RegionState): Plan =>
    lost === null ? planSwitch(state, to) : planFailover(state, { to, lost, fenceReachable: false, outwaitMs: 0 });
  const { steps } = plan(await surveyRegion(sites, region));
  const last = steps.findLastIndex((step) => step.do === "promote");
  for (const step of steps.slice(0, last + 1)) {
    if (step.do !== "fence") await performStep(step, { region, sites, replicas: 1, keepTail: () => Promise.resolve() });
  }
}

/** Streams cannot be made copies of another one; a snapshot can be restored as one, and then goes on behind its end. */
async function keepTail(args: readonly string[], sites: SiteBrokers): Promise<void> {
  const [verb, , site = ""] = args;
  const broker = sites.get(site);
  if (verb !== "return" || broker === null || broker === undefined) return;
  const state = await surveyRegion(sites, region);
  const home = currentRow(state.sites.map(({ row }) => row))?.home ?? "";
  const homeBroker = sites.get(home);
  if (homeBroker === null || homeBroker === undefined || home === site) return;
  const streams = state.sites.find((each) => each.site === site)?.streams ?? [];
  for (const each of streams.filter(isDeposedLog)) await rejoinWithTail(broker, homeBroker, home, each.stream);
}

const isDeposedLog = ({ stream, role }: StreamState): boolean =>
  stream.startsWith("P4_CHANNELS_") && (role.kind === "home" || role.kind === "fenced");

interface Info {
  readonly config: Readonly<Record<string, unknown>> & { readonly metadata?: Readonly<Record<string, string>> };
}

async function rejoinWithTail(broker: Broker, homeBroker: Broker, home: string, stream: string): Promise<void> {
  const chunks: Uint8Array[] = [];
  const { config, state } = await snapshotStream(broker, stream, (chunk) => {
    chunks.push(chunk.slice());
    return Promise.resolve();
  });
  const { config: wanted } = await homeBroker.api<Info>(`STREAM.INFO.${stream}`);
  // None of these may a mirror have.
  const { subjects: _1, subject_transform: _2, republish: _3, allow_atomic: _4, ...rest } = { ...config };
  const metadata = Object.fromEntries(
    Object.entries(wanted.metadata ?? {}).filter(([key]) => !key.startsWith("_nats.")),
  );
  const copy = {
    ...rest,
    mirror: { name: stream, external: { api: `$JS.${home}.API`, deliver: "" } },
    metadata: { ...metadata, "p4.copy-of": home, "p4.home": "{}" },
  };
  await broker.api(`STREAM.DELETE.${stream}`);
  await restoreStream(broker, { config: copy as never, state }, toAsync(chunks));
}

async function* toAsync<T>(list: readonly T[]): AsyncGenerator<T> {
  for (const each of list) yield each;
}
