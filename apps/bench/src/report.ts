import type { RelayResult } from "./relay-scenario.ts";
import type { VerifyResult } from "./verify-scenario.ts";

export interface BenchReport {
  readonly relay: readonly RelayResult[];
  readonly verify: readonly VerifyResult[];
}

/** Each row's figures, and below them the ratio of the first row to the second: the part that travels. */
export function reportText({ relay, verify }: BenchReport): string {
  return [
    "Four-message flow over many channels",
    table(
      ["", "messages/s", "p50 ms", "p99 ms", "server CPU us/message", "broker CPU us/message"],
      [
        ...relay.map((row) => [row.system, ...relayNumbers(row).map(figure)]),
        ["ratio", ...ratios(relay.map(relayNumbers))],
      ],
    ),
    "",
    "Signed proof callbacks, ECDSA and Merkle branch, one core",
    table(
      ["", "proofs/s"],
      [
        ...verify.map((row) => [row.crypto, figure(row.proofsPerSecond)]),
        ["ratio", ...ratios(verify.map((row) => [row.proofsPerSecond]))],
      ],
    ),
  ].join("\n");
}

function relayNumbers(row: RelayResult): (number | null)[] {
  return [row.messagesPerSecond, row.p50Ms, row.p99Ms, row.cpuMicrosPerMessage, row.brokerCpuMicrosPerMessage];
}

function ratios(rows: readonly (number | null)[][]): string[] {
  const [first = [], second = []] = rows;
  return first.map((value, column) => {
    const other = second[column] ?? null;
    return value === null || other === null || other === 0 ? "" : `${figure(value / other)}x`;
  });
}

export function figure(value: number | null): string {
  if (value === null) return "";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
