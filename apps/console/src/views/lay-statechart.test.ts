import { channelStates, machineTable } from "@p4/channel";
import { expect, test } from "vitest";
import { changesOf, layStatechart } from "./lay-statechart.ts";

const table = machineTable();

test("each state of the machine has its box, and none lies on another", () => {
  const { boxes, width, height } = layStatechart(table);
  expect(boxes.map(({ state }) => state)).toEqual(channelStates);
  for (const [i, box] of boxes.entries()) {
    expect(box.y).toBeGreaterThanOrEqual((boxes[i - 1]?.y ?? -Infinity) + box.height);
    expect([box.x >= 0, box.x + box.width <= width, box.y + box.height <= height]).toEqual([true, true, true]);
  }
});

test("each change of the machine has its arc, or leaves from the frame", () => {
  const { arcs } = layStatechart(table);
  for (const { from, to, event } of changesOf(table)) {
    const drawn = arcs.filter(
      (arc) => (arc.inFrame || arc.from === from) && arc.to === to && arc.events.includes(event),
    );
    expect(drawn.length, `${from} -> ${to}: ${event}`).toBe(1);
  }
  expect(arcs.filter(({ inFrame }) => inFrame).map(({ to }) => to)).toEqual(["expired", "closed"]);
});
