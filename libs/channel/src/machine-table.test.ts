import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { channelStates } from "./channel.machine.ts";
import { machineDiagram, machineTable } from "./machine-table.ts";

describe("the machine's table", () => {
  it("reaches each state from the first", () => {
    const reached = new Set<string | null>(["unopened"]);
    let size = 0;
    while (size < reached.size) {
      size = reached.size;
      const ways = machineTable().filter(({ from }) => reached.has(from));
      for (const next of ways.flatMap(({ to, whenProven }) => [to, whenProven ?? to])) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...channelStates].sort());
  });

  it("tells what a proof makes of a paid channel", () => {
    const rows = machineTable().filter(({ from, event }) => from === "awaitingProof" && event === "ProofRecorded");
    expect(rows).toEqual([
      { from: "awaitingProof", event: "ProofRecorded", to: "awaitingProof", whenProven: "settled" },
    ]);
  });

  it("lets nothing out of the end", () => {
    const ends = machineTable().filter(({ from }) => from === "expired" || from === "closed");
    expect(ends.filter(({ from, to }) => from !== to)).toEqual([]);
  });

  it("is drawn in the README as it is", () => {
    const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
    expect(readme).toContain(`\`\`\`mermaid\n${machineDiagram()}\`\`\`\n`);
  });
});
