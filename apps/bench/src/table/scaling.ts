import { Rows } from "./goals.ts";
import type { FigureName } from "./figures.ts";
import type { TableResult } from "./table-report.ts";

/** What one payment costs, as a run has measured it: two joins, four messages, two leaves, a signed proof. */
export interface PaymentCost {
  readonly serverCpuMicros: number;
  /** Of one broker. Followers of a replicated stream are taken to cost as much as its leader. */
  readonly brokerCpuMicros: number;
  /** On the disk of one broker. */
  readonly storedBytes: number;
  readonly serverKbPerSocket: number;
  readonly brokerKbPerSocket: number;
  /** Memory of a broker for a channel that it has on record. */
  readonly brokerKbPerSubject: number;
  /** That a broker syncs to its disk, of a bare client: one by one, and in atomic batches. */
  readonly appendsPerSecond: number;
  readonly batchedAppendsPerSecond: number;
}

/** What is assumed, not measured. */
export const assumed = {
  /** Two joins, four messages, the proof, the end. */
  eventsPerPayment: 8,
  socketsPerPayment: 2,
  /** How long a payment's sockets are open. */
  openSeconds: 60,
  /** Of cores and disks, so that a peak has room. */
  usedShare: 0.6,
  copies: 3,
  brokerCores: 16,
  brokerMemoryGb: 64,
  brokerDiskGb: 4_000,
  dollarsPerCoreHour: 0.04,
  dollarsPerGbMemoryHour: 0.005,
  dollarsPerGbDiskMonth: 0.08,
} as const;

export type Limit = "forced writes" | "memory for channels on record" | "disk space" | "CPU of the brokers";

/** What `perSecond` payments a second need. Counts are rounded up where one cannot have half of it. */
export interface Scale {
  readonly perSecond: number;
  readonly retentionDays: number;
  /** Processes with a core each. */
  readonly edges: number;
  readonly socketGb: number;
  readonly appendsPerSecond: number;
  readonly storedGbPerDay: number;
  /** On all copies, for as long as they are kept. */
  readonly heldTb: number;
  readonly subjects: number;
  readonly subjectGb: number;
  /** Three brokers with a disk each, the home of a region's channels; how many each limit asks for. */
  readonly regionsBy: Readonly<Record<Limit, number>>;
  readonly regions: number;
  readonly limit: Limit;
  /** What would be the limit if the first one were gone, and how many regions it asks for. */
  readonly nextLimit: Limit;
  readonly dollarsPerMillion: number;
}

/** @throws Error naming the row that the run lacks */
export function paymentCostOf(result: TableResult): PaymentCost {
  const figure = (scenario: string, name: FigureName, subject?: string): number => {
    const rows = new Rows(result.scenarios.find((each) => each.name === scenario)?.rows ?? []);
    const value = rows.figure(name, subject);
    if (value === undefined) throw new Error(`the run has no ${name} in the row ${scenario}`);
    return value;
  };
  const both = (name: FigureName): number => figure("payments", name) + figure("proofs", name);
  return {
    serverCpuMicros: both("serverCpuMicros"),
    brokerCpuMicros: both("brokerCpuMicros"),
    storedBytes: both("storedBytes"),
    serverKbPerSocket: figure("idle", "serverKbPerSocket"),
    brokerKbPerSocket: figure("idle", "brokerKbPerSocket"),
    brokerKbPerSubject: figure(
      "recorded",
      "brokerKbPerSubject",
      result.scenarios.find(({ name }) => name === "recorded")?.rows.at(-1)?.subject,
    ),
    appendsPerSecond: figure("broker", "perSecond", "bare client: single appends, 8 streams, 256"),
    batchedAppendsPerSecond: figure("broker", "perSecond", "bare client: atomic batches of 256"),
  };
}

export function scaleOf(cost: PaymentCost, perSecond: number, retentionDays: number): Scale {
  const { usedShare, copies, brokerCores, brokerMemoryGb, brokerDiskGb } = assumed;
  const coresFor = (micros: number): number => (perSecond * micros) / 1e6 / usedShare;
  const openSockets = perSecond * assumed.openSeconds * assumed.socketsPerPayment;
  const appendsPerSecond = perSecond * assumed.eventsPerPayment;
  const subjects = perSecond * 86_400 * retentionDays;
  const subjectGb = (subjects * cost.brokerKbPerSubject) / 1e6;
  const storedGbPerDay = (perSecond * 86_400 * cost.storedBytes) / 1e9;
  const heldGb = storedGbPerDay * retentionDays;
  const regionsBy: Record<Limit, number> = {
    "forced writes": appendsPerSecond / (cost.appendsPerSecond * usedShare),
    "memory for channels on record": subjectGb / (brokerMemoryGb * usedShare),
    "disk space": heldGb / (brokerDiskGb * usedShare),
    "CPU of the brokers": coresFor(cost.brokerCpuMicros) / brokerCores,
  };
  const [first, second] = (Object.keys(regionsBy) as Limit[]).sort((left, right) => regionsBy[right] - regionsBy[left]);
  const limit = first ?? "forced writes";
  const edges = Math.ceil(coresFor(cost.serverCpuMicros));
  const socketGb = (openSockets * (cost.serverKbPerSocket + cost.brokerKbPerSocket)) / 1e6;
  const cores = edges + copies * coresFor(cost.brokerCpuMicros);
  const memoryGb = socketGb + copies * subjectGb;
  const dollarsPerHour =
    cores * assumed.dollarsPerCoreHour +
    memoryGb * assumed.dollarsPerGbMemoryHour +
    (copies * heldGb * assumed.dollarsPerGbDiskMonth) / (30 * 24);
  return {
    perSecond,
    retentionDays,
    edges,
    socketGb,
    appendsPerSecond,
    storedGbPerDay: copies * storedGbPerDay,
    heldTb: (copies * heldGb) / 1000,
    subjects,
    subjectGb,
    regionsBy,
    regions: Math.ceil(regionsBy[limit]),
    limit,
    nextLimit: second ?? limit,
    dollarsPerMillion: (dollarsPerHour * 1e6) / (perSecond * 3_600),
  };
}
