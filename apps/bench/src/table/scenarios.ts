import { peers } from "../peers/start-peer.ts";
import { brokerBound, type BoundOptions } from "./broker-bound.ts";
import { coldReplay } from "./cold-replay.ts";
import { openFilesLimit, reservedFiles } from "../idle-scenario.ts";
import { besideLiveChannels, besideRecordedSubjects } from "./growth.ts";
import { idleSockets } from "./idle-sockets.ts";
import { conversations, deployed, joins, payments, type Load } from "./loads.ts";
import { openLoop } from "./open-loop.ts";
import { startRelay, startSystem, type Subject } from "./subjects.ts";
import type { Contender, Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { signedProofBytes, signedProofs } from "./signed-proofs.ts";
import { underLoad } from "./under-load.ts";
import { warmUp } from "./warm-up.ts";

const forMs = 1_500;

/** A load for each build and the relay, and what a bare client gets out of its broker with as much in flight. */
function loaded(
  name: string,
  unit: Scenario["unit"],
  title: string,
  load: Load,
  ...bounds: readonly Omit<BoundOptions, "forMs">[]
): Scenario {
  return {
    name,
    title,
    unit,
    async contenders(stage) {
      const subjects = [...(await stage.systems()), await stage.relay()];
      const broker = bounds.length === 0 ? undefined : await stage.bareBroker();
      return [
        ...subjects.map((subject) => underLoad(subject, load)),
        ...(broker === undefined ? [] : bounds.map((bound) => brokerBound(broker, { ...bound, forMs }))),
      ];
    },
  };
}

const single = (inFlight: number) => ({ streams: 8, inFlight, batch: 1 });
/** With fewer streams a batch is larger for as much in flight, and costs no more forced writes. */
const batched = (inFlight: number) => ({ streams: 2, inFlight, batch: inFlight / 2 });

const peersScenario: Scenario = {
  name: "peers",
  title: "32 conversations, one message in flight each: what else stores a message before the other side sees it",
  unit: "message",
  async contenders(stage) {
    const load = conversations(32, 60);
    const contenders: Contender[] = (await stage.systems()).map((system) => underLoad(system, load));
    for (const { name, start } of peers) {
      stage.onProgress(`starting ${name}`);
      try {
        const peer = stage.pass(await start(name));
        await warmUp(peer, stage.onProgress);
        contenders.push(underLoad(peer, load));
      } catch (error) {
        stage.leaveOut(name, error);
      }
    }
    return contenders;
  },
};

const openLoopScenario: Scenario = {
  name: "openloop",
  title: "Whole payments of deployed wallets at a rate that nothing slows, each on a new channel",
  unit: "payment",
  async contenders(stage) {
    const systems = await stage.systems();
    const loops = [200, 500].flatMap((perSecond) =>
      systems.map((system) => openLoop(deployed(system), { perSecond, forMs: 3_000 })),
    );
    return [...loops, openLoop(deployed(await stage.relay()), { perSecond: 500, forMs: 3_000 })];
  },
};

const idleScenario: Scenario = {
  name: "idle",
  title: "Memory of sockets that have joined, two a channel, and do nothing",
  unit: "socket",
  once: true,
  async contenders(stage) {
    const sockets = stage.full ? Math.min(20_000, openFilesLimit() - reservedFiles) : 4_000;
    const systems: Subject[] = [];
    // Memory that others have left would be taken first.
    for (const { name, root } of stage.builds)
      systems.push(stage.pass(await startSystem(name, root, stage.onProgress)));
    return [...systems, stage.pass(await startRelay())].map((subject) => idleSockets(subject, sockets, stage));
  },
};

/** Ten times as many as few by default: a hundred times, or a thousand, takes minutes to set up. */
const liveScenario: Scenario = {
  name: "live",
  title: "32 conversations on an edge where other channels live and sleep",
  unit: "message",
  contenders: (stage) =>
    inTurn(stage.full ? [1_000, 15_000] : [300, 3_000], (count) => besideLiveChannels(stage, count)),
};

const recordedScenario: Scenario = {
  name: "recorded",
  title: "Appends of a bare client, 32 in flight, to a broker that holds other subjects",
  unit: "append",
  contenders: (stage) =>
    inTurn(stage.full ? [1_000, 1_000_000] : [1_000, 50_000], (count) => besideRecordedSubjects(stage, count)),
};

async function inTurn<T>(counts: readonly number[], start: (count: number) => Promise<T>): Promise<T[]> {
  const started: T[] = [];
  for (const count of counts) started.push(await start(count));
  return started;
}

const proofsScenario: Scenario = {
  name: "proofs",
  title: "Signed proofs taken and stored, 32 posted at once",
  unit: "proof",
  async contenders(stage) {
    const load = signedProofs(300, 32);
    const bound = { ...single(32), forMs, bytes: signedProofBytes() };
    return [
      ...(await stage.systems()).map((system) => underLoad(system, load)),
      brokerBound(
        await stage.bareBroker(),
        bound,
        `bare client: as many bytes (${String(bound.bytes)}) appended, 32 in flight`,
      ),
    ];
  },
};

const brokerScenario: Scenario = {
  name: "broker",
  title: "What the broker stores for a bare client, each event synced to disk",
  unit: "append",
  async contenders(stage: Stage) {
    const broker = await stage.bareBroker();
    const bounds = [
      single(1),
      single(32),
      single(256),
      { streams: 8, inFlight: 256, batch: 32 },
      single(512),
      { streams: 8, inFlight: 512, batch: 64 },
      { streams: 2, inFlight: 512, batch: 1 },
      batched(512),
    ];
    return bounds.map((bound) => brokerBound(broker, { ...bound, forMs }));
  },
};

const replayScenario: Scenario = {
  name: "replay",
  title: "Recorded channels folded from their texts, one core",
  unit: "channel",
  contenders: ({ builds }) => coldReplay(builds),
};

export const scenarios: readonly Scenario[] = [
  loaded("alone", "message", "One conversation, one message in flight", conversations(1, 200), single(1)),
  loaded("conversations", "message", "32 conversations, one message in flight each", conversations(32, 60)),
  peersScenario,
  loaded("crowd", "message", "256 conversations, one message in flight each", conversations(256, 16), single(256)),
  loaded(
    "inflight512",
    "message",
    "512 conversations, one message in flight each",
    conversations(512, 10),
    batched(512),
  ),
  loaded("payments", "payment", "Whole payments, 16 at once: two joins, four messages, two leaves", payments(200, 16)),
  openLoopScenario,
  loaded("opening", "join", "Joins to new channels, 16 at once", joins("opening", 300, 16)),
  loaded("joining", "join", "Joins to open channels, 16 at once", joins("joining", 300, 16)),
  idleScenario,
  proofsScenario,
  liveScenario,
  recordedScenario,
  brokerScenario,
  replayScenario,
];
