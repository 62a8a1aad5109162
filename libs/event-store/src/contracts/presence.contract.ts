import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Presence } from "../presence.ts";

type Join = (nodeId: string, isAlive: (connectionId: string) => boolean) => Presence;

/** What every presence must do. */
export function presenceContract(name: string, getJoin: () => Join): void {
  describe(`presence: ${name}`, () => {
    it("knows the living and the gone connections of other nodes and of its own", async () => {
      const [here, there] = [randomUUID(), randomUUID()];
      const own = getJoin()(here, (connectionId) => connectionId === "mine");
      const other = getJoin()(there, (connectionId) => connectionId === "theirs");
      expect(await own.probe(there, "theirs")).toBe(true);
      expect(await own.probe(there, "gone")).toBe(false);
      expect(await own.probe(here, "mine")).toBe(true);
      expect(await own.probe(here, "theirs")).toBe(false);
      expect(await own.probe(randomUUID(), "theirs")).toBe(false);
      await other.close();
      expect(await own.probe(there, "theirs")).toBe(false);
      await own.close();
    });
  });
}
