import { expect, test } from "vitest";
import { connectionsAt, connectionsOf, proofsAt } from "./at-point.ts";
import type { ProofView } from "./views.ts";

const proof = (streamVersion: number, revokedAt: number | null): ProofView => ({
  ...{ streamVersion, revokedAt, txid: "aa", status: "verified", source: "mapi" },
  ...{ blockHash: null, blockHeight: 7, merkleRoot: "bb" },
});

test("a proof is there from its event on, and stands until it is revoked", () => {
  const proofs = [proof(7, 9), proof(11, null)];
  const at = (sequence: number) =>
    proofsAt(proofs, sequence).map(({ streamVersion, stands }) => [streamVersion, stands]);
  expect(at(6)).toEqual([]);
  expect(at(7)).toEqual([[7, true]]);
  expect(at(8)).toEqual([[7, true]]);
  expect(at(9)).toEqual([[7, false]]);
  expect(at(11)).toEqual([
    [7, false],
    [11, true],
  ]);
});

const spoken = (connectionId: string | null, from: string, atMs: number) => ({
  connectionId,
  nodeId: "n1",
  from,
  atMs,
});
const entries = [
  spoken("m1", "merchant", 1),
  spoken("c1", "unknown", 2),
  spoken(null, "miner", 3),
  spoken("c1", "customer", 4),
  spoken("c1", "unknown", 5),
];

test("connections are those that had joined or spoken by then, the last first, each with the role that it had", () => {
  const at = (count: number) =>
    connectionsOf(entries.slice(0, count)).map(({ connectionId, role }) => [connectionId, role]);
  expect(at(1)).toEqual([["m1", "merchant"]]);
  expect(at(3)).toEqual([
    ["c1", null],
    ["m1", "merchant"],
  ]);
  expect(at(5)).toEqual([
    ["c1", "customer"],
    ["m1", "merchant"],
  ]);
});

test("whether a connection is there is told of now; of one that now is not told about it is not known", () => {
  const now = [{ connectionId: "c1", is: "here" as const }];
  expect(connectionsAt(entries, now)).toEqual([
    { connectionId: "c1", nodeId: "n1", role: "customer", lastSeenMs: 5, is: "here" },
    { connectionId: "m1", nodeId: "n1", role: "merchant", lastSeenMs: 1, is: "unknown" },
  ]);
});

test("of many connections the last ones are shown", () => {
  const many = Array.from({ length: 30 }, (_, i) => spoken(`c${String(i)}`, "customer", i));
  const shown = connectionsOf(many);
  expect([shown.length, shown[0]?.connectionId]).toEqual([20, "c29"]);
});
