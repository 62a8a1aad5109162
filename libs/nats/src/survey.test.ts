import { createServer, type AddressInfo } from "node:net";
import { beforeAll, expect, it } from "vitest";
import type { Broker } from "./broker.ts";
import { inspectStreams } from "./inspect.ts";
import { probeServers } from "./probe-servers.ts";
import { surveyStreams } from "./survey-streams.ts";
import { region, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
let broker: Broker;
beforeAll(async () => {
  broker = await nats.connect();
});

it("a survey sees what an inspection sees, where all streams answer", async () => {
  const { reports, unanswered } = await surveyStreams(broker, region);
  const inspected = await inspectStreams(broker, region);
  expect(inspected.length).toBeGreaterThan(0);
  expect(reports.map(({ stream }) => stream)).toEqual(inspected.map(({ stream }) => stream));
  expect(reports.map(({ replicas }) => replicas)).toEqual(inspected.map(({ replicas }) => replicas));
  expect(unanswered).toEqual([]);
});

it("a stream that does not answer hides none of the others", async () => {
  const [lost] = await inspectStreams(broker, region);
  const deaf = Object.create(broker, {
    api: {
      value: (path: string, ...rest: unknown[]) =>
        // No stream has a name with a blank: the question stays unanswered.
        path === `STREAM.INFO.${lost?.stream ?? ""}`
          ? broker.request("p4.no.responders", "", { timeoutMs: 50 })
          : broker.api(path, ...(rest as [unknown])),
    },
  }) as Broker;
  const { reports, unanswered } = await surveyStreams(deaf, region);
  expect(unanswered).toEqual([lost?.stream]);
  expect(reports.map(({ stream }) => stream)).not.toContain(lost?.stream);
  expect(reports.length).toBeGreaterThan(0);
});

it("each server of a list is asked for itself: there, gone, silent", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const url = `nats://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  try {
    const probes = await probeServers({ url: `${broker.url},nats://127.0.0.1:1,${url}`, name: "test" });
    expect(probes).toEqual([
      { url: broker.url, name: expect.any(String) as string, fault: null },
      { url: "nats://127.0.0.1:1", name: null, fault: expect.stringContaining("refused") as string },
      { url, name: null, fault: expect.stringMatching(/time/i) as string },
    ]);
  } finally {
    silent.close();
  }
});
