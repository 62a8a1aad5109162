import type { StreamVersion } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { directPage } from "./direct-get.ts";
import { channelAddress, channelIdOf, channelStream, type Names } from "./subjects.ts";

/** The server refuses more subjects than this in one question (status 413). */
const subjectsPerRequest = 1_024;

/** Last versions of many channels: one question per shard and 1,024 channels, all asked side by side. */
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
  const versions = new Map<string, StreamVersion>();
  const questions: Promise<void>[] = [];
  for (const [shard, subjects] of subjectsOfShard) {
    const list = [...subjects];
    for (let i = 0; i < list.length; i += subjectsPerRequest) {
      const chunk = list.slice(i, i + subjectsPerRequest);
      questions.push(askLast(broker, channelStream(names, shard), chunk, versions));
    }
  }
  await Promise.all(questions);
  return versions;
}

async function askLast(
  broker: Broker,
  stream: string,
  subjects: readonly string[],
  versions: Map<string, StreamVersion>,
): Promise<void> {
  let open = subjects;
  for (;;) {
    const page = await directPage(broker, stream, { multi_last: open, batch: subjectsPerRequest });
    for (const { subject, seq } of page.messages) versions.set(channelIdOf(subject), seq);
    // The answer is cut at the server's byte limit: ask for those that are left.
    if (page.pending === 0 || page.messages.length === 0) return;
    open = open.filter((subject) => !versions.has(channelIdOf(subject)));
  }
}
