import { setTimeout as sleep } from "node:timers/promises";
import { isStoreError } from "@p4/event-store";
import { RegionError, type Step, type Tail } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError } from "../broker-errors.ts";
import { directPage, type DirectMessage } from "../direct-get.ts";
import { streamConfig } from "../ensure-stream.ts";
import { makeCopy } from "./make-copy.ts";
import { untilComplete } from "./until-complete.ts";
import { untilLinked } from "./until-linked.ts";
import { ensureTable, writeTable } from "./region-table.ts";
import { adoptedSettings, copyConsumer, fencedSettings, homeSettings } from "./role-settings.ts";
import { contested, roleOfStream, type Config } from "./stream-role.ts";
import type { SiteBrokers } from "./survey-region.ts";
import { findStreamState, readStreamState } from "./survey-region.ts";

export interface StepOptions {
  readonly region: string;
  readonly sites: SiteBrokers;
  /** Copies of each stream within a site. */
  readonly replicas: number;
  /** Gets what only a deposed home has, in order, and keeps it. The stream is dropped when this has resolved. */
  readonly keepTail: (site: string, tail: Tail, events: AsyncIterable<DirectMessage>) => Promise<void>;
}

/** Some updates of a stream of three copies start a new leader election. */
const updateWithinMs = 10_000;

/**
 * Does one step of a plan; what is done already is left as it is.
 *
 * @throws StoreError, RegionError REGION_SITE_AWAY, REGION_COPY_BEHIND, REGION_COPY_HOLED, REGION_CONTESTED, REGION_UNFINISHED
 */
export async function performStep(step: Step, options: StepOptions): Promise<void> {
  const { region } = options;
  const at = (site: string): Broker => brokerAt(options.sites, site);
  const each = async (streams: readonly string[], work: (stream: string) => Promise<unknown>): Promise<void> => {
    await Promise.all(streams.map(work));
  };
  switch (step.do) {
    case "adopt":
      return each(step.streams, (stream) => adopt(at(step.site), region, stream));
    case "copy":
      await untilLinked(at(step.to), step.to, step.from);
      return each(step.streams, (stream) => makeCopy(at(step.from), at(step.to), { ...options, ...step }, stream));
    case "complete":
      return each(step.streams, (stream) =>
        untilComplete(at(step.from), at(step.to), step, stream, async () => {
          await drop(options.sites, step.to, stream);
          await makeCopy(at(step.from), at(step.to), { ...options, ...step }, stream);
        }),
      );
    case "fence":
      return each(step.streams, (stream) => fence(at(step.site), region, stream, step.by));
    case "promote":
      return each(step.streams, (stream) => promote(at(step.site), region, stream, step.epoch));
    case "outwait":
      return sleep(step.ms);
    case "table":
      return spread(step, options);
    case "export":
      for (const tail of step.tails) {
        await assertStale(at(step.site), tail.stream, step);
        await options.keepTail(step.site, tail, eventsAfter(at(step.site), tail.stream, tail.afterSequence));
      }
      return;
    case "drop":
      return each(step.streams, async (stream) => {
        await assertStale(at(step.site), stream, step);
        await drop(options.sites, step.site, stream);
      });
  }
}

function brokerAt(sites: SiteBrokers, site: string): Broker {
  const broker = sites.get(site);
  if (broker === undefined || broker === null) throw new RegionError("REGION_SITE_AWAY", site);
  return broker;
}

async function configAt(broker: Broker, stream: string): Promise<Config> {
  const config = await streamConfig(broker, stream);
  if (config !== undefined) return config as Config;
  throw contested(broker, stream, undefined);
}

const update = (broker: Broker, settings: Config): Promise<unknown> =>
  broker.api(`STREAM.UPDATE.${settings.name}`, settings, updateWithinMs);

const firstEpoch = 1;

async function adopt(broker: Broker, region: string, stream: string): Promise<void> {
  const config = await configAt(broker, stream);
  // Old and new writers side by side; a writer that finds no stream at the old subject asks for the epoch.
  await update(broker, adoptedSettings(region, config, firstEpoch, false));
  await update(broker, adoptedSettings(region, config, firstEpoch, true));
}

async function fence(broker: Broker, region: string, stream: string, by: number): Promise<void> {
  const config = await configAt(broker, stream);
  const role = roleOfStream(config);
  if (role.kind !== "home") return;
  if (role.epoch > by) throw contested(broker, stream, role);
  await update(broker, fencedSettings(region, config, by));
}

/** What a plan calls a deposed home's may have become the home, or a copy of it, by another operator's hand. */
async function assertStale(broker: Broker, stream: string, { epoch }: { readonly epoch: number }): Promise<void> {
  const found = await findStreamState(broker, stream, updateWithinMs);
  if (found === null) return;
  const { role, holes = 0 } = found;
  const isCopy = role.kind === "copy" && role.epoch >= epoch && holes === 0;
  if (role.kind === "home" || isCopy) throw contested(broker, stream, role);
}

async function promote(broker: Broker, region: string, stream: string, epoch: number): Promise<void> {
  const config = await configAt(broker, stream);
  const role = roleOfStream(config);
  if (role.kind === "home" && role.epoch === epoch) return;
  if (role.kind === "home" && role.epoch > epoch) throw contested(broker, stream, role);
  await update(broker, homeSettings(region, config, epoch, await readStreamState(broker, stream)));
}

async function drop(sites: SiteBrokers, site: string, stream: string): Promise<void> {
  // What fed it elsewhere would keep its place in a log that is read from the start next time. The stream goes last: of two
  // operators the second may find a new copy by now, which then goes too, and is not left behind with nothing that feeds it.
  for (const [other, broker] of sites) {
    if (other !== site && broker !== null) await deleted(broker, `CONSUMER.DELETE.${stream}.${copyConsumer(site)}`);
  }
  await deleted(brokerAt(sites, site), `STREAM.DELETE.${stream}`);
}

async function deleted(broker: Broker, path: string): Promise<void> {
  const { error } = await broker.apiAnswer<object>(path, undefined, updateWithinMs);
  const gone: readonly (number | undefined)[] = [apiErrorCodes.streamNotFound, apiErrorCodes.consumerNotFound];
  if (error !== undefined && !gone.includes(error.err_code)) throw toStoreError(error, path);
}

/** One site after the other, in one order for all operators: of two, one is told at the first site. */
async function spread(step: Extract<Step, { do: "table" }>, { sites, replicas }: StepOptions): Promise<void> {
  let written = 0;
  for (const site of step.sites) {
    const broker = sites.get(site);
    if (broker === undefined || broker === null) continue;
    try {
      await ensureTable(broker, site, replicas);
      await writeTable(broker, site, step.row);
      written++;
    } catch (error) {
      if (!isStoreError(error, "STORE_UNAVAILABLE")) throw error;
    }
  }
  if (written < step.needed) throw new RegionError("REGION_SITE_AWAY", `${written} of ${step.needed} tables written`);
}

const messagesPerPage = 256;

async function* eventsAfter(broker: Broker, stream: string, after: number): AsyncGenerator<DirectMessage> {
  for (let seq = after + 1; ;) {
    const question = { seq, next_by_subj: ">", batch: messagesPerPage };
    const { messages, pending } = await directPage(broker, stream, question);
    yield* messages;
    const last = messages.at(-1);
    if (last === undefined || pending === 0) return;
    seq = last.seq + 1;
  }
}
