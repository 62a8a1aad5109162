import type { Broker } from "../broker.ts";
import { readRepublished } from "../republished.ts";
import { allCopied, channelStream, createNames } from "../subjects.ts";
import { CopyGate } from "./copy-gate.ts";
import { findStreamState } from "./survey-region.ts";
import { roleOfStream, type Config } from "./stream-role.ts";

export interface FollowedCopies {
  readonly gate: CopyGate;
  /** The sites of which one must have an event before it counts; empty: none. `isHome`: the region's home is here. */
  require(sites: readonly string[], isHome?: boolean): void;
  stop(): void;
}

/** What a copy says may be lost on the way: it is asked when something has waited for this long. */
const askAfterMs = 250;
const answerWithinMs = 1_000;

interface CopyState {
  readonly last_seq: number;
  /** Sequences that are missing in the middle. */
  readonly num_deleted?: number;
}

/** The JetStream API of a site is under its name at all sites. */
export const copyQuestion = (site: string, stream: string): string => `$JS.${site}.API.STREAM.INFO.${stream}`;

/** What a user has to publish on to ask for the copies at a site. */
export const copyQuestions = (site: string, streams: readonly string[]): readonly string[] =>
  streams.flatMap((stream) => [copyQuestion(site, stream), `$JS.API.STREAM.INFO.${stream}`]);

/** Hears what the copies of a region's log have: each says so of every event, and is asked at first and after a silence. */
export function followCopies(
  broker: Broker,
  { region, shards }: { readonly region: string; readonly shards: number },
): FollowedCopies {
  const names = createNames(region, shards);
  const gate = new CopyGate();
  const asking = new Set<string>();
  let subscriptions: readonly { unsubscribe(): void }[] = [];
  let timer: NodeJS.Timeout | null = null;

  const listen = (site: string) =>
    broker.subscribe(allCopied(region, site), (message) => {
      const shard = Number(message.subject.split(".")[2]);
      if (!gate.hear(site, shard, readRepublished(message, message.subject).streamVersion)) void ask(site, shard);
    });
  const ask = async (site: string, shard: number): Promise<void> => {
    const stream = channelStream(names, shard);
    const path = copyQuestion(site, stream);
    if (asking.has(path) || !broker.ready()) return;
    asking.add(path);
    try {
      const reply = await broker.request(path, "", { timeoutMs: answerWithinMs });
      const { config, state }: { config?: Config; state?: CopyState } = reply.json();
      if (config === undefined || state === undefined || !gate.sites.includes(site)) return;
      // One that was promoted meanwhile goes on with sequences of its own.
      const role = roleOfStream(config);
      const holes = state.num_deleted ?? 0;
      // What the home itself lacks no copy has either.
      const isWhole = holes === 0 || holes <= ((await findStreamState(broker, stream, answerWithinMs))?.holes ?? 0);
      if (isWhole && role.kind === "copy" && role.of === broker.site) gate.confirm(site, shard, state.last_seq);
    } catch {
      // Silence confirms nothing; what waits says so after its time.
    } finally {
      asking.delete(path);
    }
  };
  const askAll = (shardsToAsk: readonly number[]): void => {
    for (const site of gate.sites) for (const shard of shardsToAsk) void ask(site, shard);
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    for (const each of subscriptions) each.unsubscribe();
    subscriptions = [];
  };
  return {
    gate,
    require(sites, isHome) {
      if (!gate.require(sites, isHome)) return;
      stop();
      if (sites.length === 0) return;
      subscriptions = sites.map(listen);
      timer = setInterval(() => askAll(gate.waitingFor(askAfterMs)), askAfterMs).unref();
      askAll(Array.from({ length: shards }, (_, shard) => shard));
    },
    stop,
  };
}
