import { describe, expect, it } from "vitest";
import { callTree, type CpuProfile } from "./call-tree.ts";
import { flameGraphSvg } from "./flame-graph.ts";

const frame = (functionName: string, url = "") => ({ functionName, url });

/** A root; `append` of this project, which calls a package and Node.js; idle time. A sample each 10 microseconds. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 5] },
    { id: 2, callFrame: frame("append", "file:///opt/p4/libs/nats/dist/append.js"), children: [3, 4] },
    { id: 3, callFrame: frame("", "/opt/p4/node_modules/@nats-io/nats-core/lib/parser.js") },
    { id: 4, callFrame: frame("write", "node:net") },
    { id: 5, callFrame: frame("(idle)") },
  ],
  samples: [2, 3, 5, 4, 3, 3],
  timeDeltas: [10, 10, 10, 10, 10, 10],
};

describe("a profile as a flame graph", () => {
  it("counts each call with what it called, without idle time", () => {
    const tree = callTree(profile, 0, 1_000);
    expect(tree.totalMicros).toBe(50);
    const [append] = [...tree.children.values()];
    expect(append).toMatchObject({ name: "append", place: "libs/nats/append", totalMicros: 50 });
    const callees = [...(append?.children.values() ?? [])].map(({ name, place, totalMicros }) => [
      name,
      place,
      totalMicros,
    ]);
    expect(callees).toEqual([
      ["(anonymous)", "@nats-io/nats-core", 30],
      ["write", "node", 10],
    ]);
  });

  it("leaves out what was before and after", () => {
    expect(callTree(profile, 35, 55).totalMicros).toBe(20);
  });

  it("draws a call as wide as it took, what it called above it, with its figure", () => {
    const svg = flameGraphSvg(callTree(profile, 0, 1_000), "a <title>", (micros) => `${String(micros)} µs`);
    expect(svg).toContain("<title>write (node): 10 µs, 20.0 %</title>");
    expect(svg).toContain('class="package" x="0.0"');
    expect(svg).toContain('class="node" x="720.0"');
    expect(svg).toMatch(/class="node"[^>]* width="240\.0"/);
    expect(svg).not.toContain("<title>a <title>");
  });
});
