import { setTimeout as sleep } from "node:timers/promises";
import { MemberWatch, surveyStreams, type Broker, type StreamSurvey } from "@p4/nats";

/** What is on its way to a member that keeps up has arrived by then. */
const glanceMs = 300;
/** One that is still behind then needs an operator. */
const stuckAfterMs = 10_000;

/** The streams of which a member lags, with those members: all looks together take ten seconds where one does, else a moment. */
export async function stuckMembers(
  broker: Broker,
  region: string,
  first: StreamSurvey,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const watches = new Map<string, MemberWatch>();
  const beganMs = performance.now();
  const note = ({ reports }: StreamSurvey): void => {
    for (const { stream, members, lastSequence } of reports) {
      const watch = watches.get(stream) ?? new MemberWatch(stream);
      watches.set(stream, watch);
      watch.note(members, lastSequence, performance.now());
    }
  };
  const behind = () => [...watches].map(([stream, watch]) => [stream, watch.behind(performance.now())] as const);
  const isAnyBehind = (): boolean => behind().some(([, members]) => members.length > 0);
  note(first);
  if (!isAnyBehind()) return new Map();
  await sleep(glanceMs);
  note(await surveyStreams(broker, region));
  if (!isAnyBehind()) return new Map();
  await sleep(beganMs + stuckAfterMs - performance.now());
  note(await surveyStreams(broker, region));
  const stuck = behind().map(([stream, members]) => {
    const servers = members.filter(({ forMs }) => forMs >= stuckAfterMs).map(({ server }) => server);
    return [stream, servers] as const;
  });
  return new Map(stuck.filter(([, servers]) => servers.length > 0));
}

/** The same by server: of how many streams its copies are behind. */
export async function stuckServers(
  broker: Broker,
  region: string,
  first: StreamSurvey,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const servers of (await stuckMembers(broker, region, first)).values()) {
    for (const server of servers) counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return counts;
}
