import { figure } from "../report.ts";
import { assumed, paymentCostOf, scaleOf, type Limit, type Scale } from "./scaling.ts";
import type { TableResult } from "./table-report.ts";

const rates = [1_000, 10_000, 100_000];
const retentions = [90, 1];
const limits: readonly Limit[] = ["forced writes", "memory for channels on record", "disk space", "CPU of the brokers"];

/** The model on paper, as a document. */
export function scalingText(result: TableResult): string {
  const cost = paymentCostOf(result);
  const sections = retentions.map((days) =>
    section(
      rates.map((rate) => scaleOf(cost, rate, days)),
      days,
    ),
  );
  const batchGain = cost.batchedAppendsPerSecond / cost.appendsPerSecond;
  return `# From one payment to a hundred thousand a second

Computed, not measured: \`npm run bench -- scaling docs/performance/table.json -o docs/performance/scaling.md\` makes this page of a kept run, and
a test compares the two. Commit ${result.commit}, ${String(result.cores)} cores (${result.processor}), load ${figure(result.loadBefore)} to ${figure(result.loadAfter)}, nats-server ${result.broker}. Another machine
gives other numbers; where each limit is does not change much.

## What one payment costs

Two joins, four messages of 700 bytes, two leaves and a signed proof, as measured in that run:

| | |
| --- | --: |
| CPU of an edge | ${figure(cost.serverCpuMicros)} µs |
| CPU of a broker | ${figure(cost.brokerCpuMicros)} µs |
| on a broker's disk | ${figure(cost.storedBytes)} bytes |
| memory of an open socket, edge and broker | ${figure(cost.serverKbPerSocket + cost.brokerKbPerSocket)} kB |
| a broker's memory for a channel on record | ${figure(cost.brokerKbPerSubject)} kB |
| appends a broker syncs in a second, one by one | ${figure(cost.appendsPerSecond)} |
| the same in atomic batches | ${figure(cost.batchedAppendsPerSecond)} (${figure(batchGain)}x) |

## What is assumed

${String(assumed.eventsPerPayment)} events a payment (two joins, four messages, the proof, the end), ${String(assumed.socketsPerPayment)} sockets that are open for ${String(assumed.openSeconds)} seconds, cores, memory and disks used to
${String(assumed.usedShare * 100)} % so that a peak has room, ${String(assumed.copies)} copies, each of which costs its broker as much as the first. A region is ${String(assumed.copies)} brokers with ${String(assumed.brokerCores)} cores, ${String(assumed.brokerMemoryGb)} GB of
memory and a disk of ${String(assumed.brokerDiskGb / 1000)} TB each. A core costs $${String(assumed.dollarsPerCoreHour)} an hour, a GB of memory $${String(assumed.dollarsPerGbMemoryHour)} an hour, a GB of disk $${String(assumed.dollarsPerGbDiskMonth)} a month. They are in
\`apps/bench/src/table/scaling.ts\`.

${sections.join("\n\n")}

## What follows

- An edge has no limit that another edge does not lift: they share nothing but the brokers.
- A region's brokers are the unit that is multiplied. A channel lives in the region where it is opened, so the URL in the invoice decides, and
  nothing has to be moved when a region is added.
- Atomic batches lift the limit of forced writes by ${figure(batchGain)} where hundreds of messages are in flight at each broker.
- The time that channels stay on record weighs more than their number a second: each takes memory at every copy until it goes.
  [Archive](../retention.md#archive) what must outlive the log, and keep the log short.
`;
}

function section(scales: readonly Scale[], days: number): string {
  const line = (head: string, cell: (scale: Scale) => string): string =>
    `| ${head} | ${scales.map(cell).join(" | ")} |`;
  const title =
    days === 1 ? "The log kept for a day, and archived" : `The log kept for ${String(days)} days, the default`;
  return [
    `## ${title}`,
    "",
    line("payments a second", ({ perSecond }) => whole(perSecond)),
    `| --- | ${scales.map(() => "--:").join(" | ")} |`,
    line("edges, a core each", ({ edges }) => whole(edges)),
    line("memory of open sockets", ({ socketGb }) => `${amount(socketGb)} GB`),
    line("appends a second", ({ appendsPerSecond }) => whole(appendsPerSecond)),
    line("written a day, all copies", ({ storedGbPerDay }) => `${amount(storedGbPerDay)} GB`),
    line("held on disks, all copies", ({ heldTb }) => `${amount(heldTb)} TB`),
    line("subjects", ({ subjects }) => `${amount(subjects / 1e6)} million`),
    line("memory for them at each copy", ({ subjectGb }) => `${amount(subjectGb)} GB`),
    ...limits.map((limit) => line(`regions, by ${limit}`, ({ regionsBy }) => amount(regionsBy[limit]))),
    line("**regions**", ({ regions }) => `**${whole(regions)}**`),
    line("brokers, with a disk each", ({ regions }) => whole(regions * assumed.copies)),
    line("the limit", ({ limit }) => limit),
    line("the next one", ({ nextLimit }) => nextLimit),
    line("a million payments", ({ dollarsPerMillion }) => `$${dollarsPerMillion.toFixed(2)}`),
  ].join("\n");
}

function whole(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Three digits, without an exponent. */
function amount(value: number): string {
  return value >= 100 ? whole(value) : value.toPrecision(2).includes("e") ? value.toFixed(3) : value.toPrecision(2);
}
