import type { StreamReport } from "@p4/nats";
import { describe, expect, it } from "vitest";
import { serversFinding } from "./check-servers.ts";
import { replicaFinding } from "./check-streams.ts";

function stream(name: string, changes: Partial<StreamReport> = {}): StreamReport {
  return {
    stream: name,
    messages: 0,
    bytes: 0,
    subjects: 0,
    firstSequence: 0,
    lastSequence: 0,
    firstAtMs: null,
    lastAtMs: null,
    replicas: 3,
    laggingReplicas: [],
    members: [],
    isHalfRepaired: false,
    leader: "nats-a",
    maxAgeMs: 0,
    shards: null,
    ...changes,
  };
}

describe("the streams' replicas", () => {
  it("are counted by the server that is behind", () => {
    const reports = [
      stream("one", { laggingReplicas: ["nats-b"] }),
      stream("two", { laggingReplicas: ["nats-b", "nats-c"] }),
      stream("three"),
    ];
    expect(replicaFinding({ reports, unanswered: [] }, "p4")).toMatchObject({
      status: "warning",
      found: "replicas behind or away: nats-b (2 streams), nats-c (1 stream)",
    });
  });

  it("are red where no leader answers, and say which server is away", () => {
    const reports = [stream("one", { leader: null }), stream("two", { laggingReplicas: ["nats-b"] })];
    expect(replicaFinding({ reports, unanswered: ["three"] }, "p4")).toMatchObject({
      status: "failed",
      found: "without a leader that answers: three, one; behind or away: nats-b (1 stream)",
    });
  });

  it("are too few in a cluster that could hold more, and enough on a single server", () => {
    const survey = { reports: [stream("one", { replicas: 1, leader: null })], unanswered: [] };
    expect(replicaFinding(survey, "p4")).toMatchObject({
      status: "warning",
      fix: expect.stringContaining("P4_REPLICAS"),
    });
    expect(replicaFinding(survey, null)).toMatchObject({ status: "ok" });
  });
});

describe("the servers that are named", () => {
  const there = (n: number) => ({ url: `nats://h:${n}`, name: `nats-${n}`, fault: null });
  const away = (n: number) => ({ url: `nats://h:${n}`, name: null, fault: "connection refused" });

  it("are ok when all answer, and go without a generated name", () => {
    const nameless = { ...there(2), name: `N${"A".repeat(55)}` };
    expect(serversFinding([there(1), nameless])).toMatchObject({
      status: "ok",
      found: "all 2 answer: nats://h:1 (nats-1), nats://h:2",
    });
  });

  it("are red when one is away, with what is left of them", () => {
    const one = serversFinding([there(1), away(2), there(3)]);
    expect(one).toMatchObject({
      status: "failed",
      found: "nats://h:2 does not answer (connection refused); 2 of 3 do: nats://h:1 (nats-1), nats://h:3 (nats-3)",
    });
    expect(one.fix).toContain("the others go on");
    expect(serversFinding([there(1), away(2), away(3)]).fix).toContain("without a majority");
  });
});
