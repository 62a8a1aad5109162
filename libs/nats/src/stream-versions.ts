import { IncompleteVersionsError, isStoreError, type StreamVersion } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { directPage } from "./direct-get.ts";
import { channelAddress, channelIdOf, channelStream, type Names } from "./subjects.ts";

/** The server refuses more subjects than this in one question (status 413). */
const subjectsPerRequest = 1_024;

interface Question {
  readonly stream: string;
  readonly subjects: readonly string[];
}

/**
 * Last versions of many channels: one question per shard and 1,024 channels, asked side by side. One shard that does
 * not answer takes nothing from the others: the error has what they said.
 */
export async function streamVersions(
  broker: Broker,
  names: Names,
  channelIds: readonly string[],
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
      questions.push({ stream: channelStream(names, shard), subjects: list.slice(i, i + subjectsPerRequest) });
    }
  }
  const versions = new Map<string, StreamVersion>();
  const outcomes = await Promise.allSettled(questions.map((question) => askLast(broker, question, versions)));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure === undefined) return versions;
  if (!isStoreError(failure.reason)) throw failure.reason;
  const answered = questions.filter((_, i) => outcomes[i]?.status === "fulfilled");
  const channels = answered.flatMap(({ subjects }) => subjects.map(channelIdOf));
  const found = new Map(channels.map((channelId) => [channelId, versions.get(channelId) ?? 0]));
  throw new IncompleteVersionsError(failure.reason.code, found, failure.reason);
}

async function askLast(
  broker: Broker,
  { stream, subjects }: Question,
  versions: Map<string, StreamVersion>,
): Promise<void> {
  let open = subjects;
  for (;;) {
    const page = await directPage(broker, stream, { multi_last: open, batch: subjectsPerRequest });
    for (const { subject, seq } of page.messages) versions.set(channelIdOf(subject), seq);
    // Each last event comes whole, and the answer is cut at the page's bytes: ask for those that are left.
    if (page.pending === 0 || page.messages.length === 0) return;
    open = open.filter((subject) => !versions.has(channelIdOf(subject)));
  }
}
