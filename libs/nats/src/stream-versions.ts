import { setTimeout as sleep } from "node:timers/promises";
import { IncompleteVersionsError, isStoreError, StoreError, type StreamVersion } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { directPage } from "./direct-get.ts";
import { leaderVersion } from "./read-stream.ts";
import { channelAddress, channelIdOf, channelStream, type Names } from "./subjects.ts";

/** The server refuses more subjects than this in one question (status 413). */
const subjectsPerRequest = 1_024;

interface Question {
  readonly shard: number;
  readonly stream: string;
  readonly subjects: readonly string[];
}

/**
 * Last versions of many channels: one question per shard and 1,024 channels, asked side by side. One shard that does
 * not answer takes nothing from the others: the error has what they said.
 *
 * @param isSuspect whether a member of the shard may answer from the past: then only what its leader has stored counts
 */
export async function streamVersions(
  broker: Broker,
  names: Names,
  channelIds: readonly string[],
  isSuspect: (shard: number) => boolean = () => false,
): Promise<Map<string, StreamVersion>> {
  const subjectsOfShard = new Map<number, Set<string>>();
  for (const channelId of channelIds) {
    const { shard, eventSubject } = channelAddress(names, channelId);
    const subjects = subjectsOfShard.get(shard) ?? new Set();
    subjectsOfShard.set(shard, subjects.add(eventSubject));
  }
  const questions: Question[] = [];
  for (const [shard, subjects] of subjectsOfShard) {
    const list = [...subjects];
    for (let i = 0; i < list.length; i += subjectsPerRequest) {
      questions.push({ shard, stream: channelStream(names, shard), subjects: list.slice(i, i + subjectsPerRequest) });
    }
  }
  const versions = new Map<string, StreamVersion>();
  const ask = async (question: Question): Promise<void> => {
    const wanted = isSuspect(question.shard) ? await endOf(broker, question.stream) : null;
    return askLast(broker, question, versions, wanted);
  };
  const outcomes = await Promise.allSettled(questions.map(ask));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure === undefined) return versions;
  if (!isStoreError(failure.reason)) throw failure.reason;
  const answered = questions.filter((_, i) => outcomes[i]?.status === "fulfilled");
  const channels = answered.flatMap(({ subjects }) => subjects.map(channelIdOf));
  const found = new Map(channels.map((channelId) => [channelId, versions.get(channelId) ?? 0]));
  throw new IncompleteVersionsError(failure.reason.code, found, failure.reason);
}

/** Of the stream, by its leader. */
async function endOf(broker: Broker, stream: string): Promise<number> {
  const { state } = await broker.api<{ state: { last_seq: number } }>(`STREAM.INFO.${stream}`);
  return state.last_seq;
}

const replicaPollMs = 20;

/** @param wanted what the answering member must have at least; null: whatever it has counts */
async function askLast(
  broker: Broker,
  { stream, subjects }: Question,
  versions: Map<string, StreamVersion>,
  wanted: number | null,
): Promise<void> {
  const endMs = performance.now() + broker.requestTimeoutMs;
  let open = subjects;
  for (;;) {
    const page = await directPage(broker, stream, { multi_last: open, batch: subjectsPerRequest });
    if (wanted !== null && page.upTo === null) return askLeader(broker, stream, open, versions);
    if (wanted !== null && Number(page.upTo) < wanted) {
      // Members answer by turns: another one has it.
      if (performance.now() > endMs) throw new StoreError("STORE_UNAVAILABLE", `replicas of ${stream} lag`);
      await sleep(replicaPollMs);
      continue;
    }
    for (const { subject, seq } of page.messages) versions.set(channelIdOf(subject), seq);
    // Each last event comes whole, and the answer is cut at the page's bytes: ask for those that are left.
    if (page.pending === 0 || page.messages.length === 0) return;
    open = open.filter((subject) => !versions.has(channelIdOf(subject)));
  }
}

/** A member that knows none of the channels does not say how far it is: they may be new, or it may be far behind. */
async function askLeader(
  broker: Broker,
  stream: string,
  subjects: readonly string[],
  versions: Map<string, StreamVersion>,
): Promise<void> {
  const ask = async (eventSubject: string): Promise<void> => {
    const version = await leaderVersion(broker, { stream, eventSubject });
    if (version > 0) versions.set(channelIdOf(eventSubject), version);
  };
  await Promise.all(subjects.map(ask));
}
