import { describe, expect, it } from "vitest";
import { addNotice, addProof, emptyDocument, type ProofDocument, type StoredProof } from "./proof-document.ts";
import { presentDocument, proofStates, transactionState } from "./proof-states.ts";

type Step = { readonly proof: StoredProof } | { readonly stale: string; readonly atMs: number };

let clockMs = 0;
const proof = (
  block: string,
  status: StoredProof["status"],
  overrides: Partial<StoredProof> = {},
): { readonly proof: StoredProof } => ({
  proof: {
    status,
    blockHash: `hash ${block}`,
    blockHeight: 100,
    merkleRoot: `root ${block}`,
    source: "mapi",
    bodyText: "{}",
    channelId: "inv1",
    recordedAtMs: ++clockMs,
    ...overrides,
  },
});
const stale = (block: string): Step => ({ stale: `hash ${block}`, atMs: ++clockMs });

function given(...steps: Step[]): ProofDocument {
  return steps.reduce<ProofDocument>((document, step) => {
    if ("proof" in step) return addProof(document, step.proof);
    const { stale: blockHash, atMs: recordedAtMs } = step;
    return addNotice(document, { status: "MINED_IN_STALE_BLOCK", blockHash, channelId: "inv1", recordedAtMs });
  }, emptyDocument("aa"));
}

const unknownHash = { blockHash: null } as const;

describe("the states of a transaction's proofs", () => {
  it.each([
    ["nothing", [], [], null],
    ["a proof of a block that is not known", [proof("A", "received")], ["received"], "received"],
    ["a proof of a known block", [proof("A", "verified")], ["verified"], "verified"],
    ["the same proof again", [proof("A", "received"), proof("A", "received")], ["received"], "received"],
    [
      "the same proof, now known",
      [proof("A", "received"), proof("A", "verified")],
      ["superseded", "verified"],
      "verified",
    ],
    [
      "the same proof while the headers are away",
      [proof("A", "verified"), proof("A", "received")],
      ["verified"],
      "verified",
    ],
    ["a reorganisation", [proof("A", "verified"), proof("B", "verified")], ["superseded", "verified"], "verified"],
    [
      "a reorganisation, no headers",
      [proof("A", "received"), proof("B", "received")],
      ["superseded", "received"],
      "received",
    ],
    ["an unproven rival", [proof("A", "verified"), proof("B", "received")], ["verified", "received"], "verified"],
    ["a stale block", [proof("A", "verified"), stale("A")], ["superseded"], "superseded"],
    [
      "a stale block and the next",
      [proof("A", "verified"), stale("A"), proof("B", "received")],
      ["superseded", "received"],
      "received",
    ],
    [
      "a block that left and came back",
      [proof("A", "verified"), stale("A"), proof("B", "verified"), stale("B"), proof("A", "verified")],
      ["superseded", "superseded", "verified"],
      "verified",
    ],
    [
      "a rival that went stale",
      [proof("A", "received"), proof("B", "received"), stale("B")],
      ["received", "superseded"],
      "received",
    ],
    [
      "a root without a hash, then with",
      [proof("A", "received", unknownHash), proof("A", "verified")],
      ["superseded", "verified"],
      "verified",
    ],
    [
      "a root with a hash, then without",
      [proof("A", "verified"), proof("A", "received", unknownHash)],
      ["verified"],
      "verified",
    ],
    [
      "one proof for two channels",
      [proof("A", "verified"), proof("A", "verified", { channelId: "inv2" })],
      ["verified", "verified"],
      "verified",
    ],
  ] as const)("given %s", (_, steps, states, state) => {
    const document = given(...steps);
    expect(proofStates(document)).toEqual(states);
    expect(transactionState(proofStates(document))).toBe(state);
  });

  it("are shown with everything that was kept, oldest first", () => {
    const document = given(
      proof("A", "received", { bodyText: '{"payload":"x"}', recordedAtMs: 0 }),
      proof("B", "verified", { recordedAtMs: 1_000 }),
    );
    expect(presentDocument(document)).toMatchObject({
      txid: "aa",
      state: "verified",
      proofs: [
        {
          state: "superseded",
          blockHash: "hash A",
          recordedAt: "1970-01-01T00:00:00.000Z",
          envelope: { payload: "x" },
        },
        { state: "verified", blockHash: "hash B", recordedAt: "1970-01-01T00:00:01.000Z" },
      ],
    });
  });
});

describe("a document's limits", () => {
  const rivals = (count: number) => Array.from({ length: count }, (_, i) => proof(`rival ${i}`, "received"));

  it("make room at the expense of the oldest unverified proof", () => {
    const document = given(proof("A", "verified"), ...rivals(100), proof("B", "verified"));
    expect(document.proofs).toHaveLength(64);
    expect(document.proofs[0]?.blockHash).toBe("hash A");
    expect(document.proofs.at(-1)?.blockHash).toBe("hash B");
    expect(document.proofs[1]?.blockHash).toBe("hash rival 38");
  });

  it("count the characters of the bodies too, and keep the newest whatever its size", () => {
    const big = { bodyText: "x".repeat(500_000) };
    const document = given(proof("A", "received", big), proof("B", "received", big));
    expect(document.proofs.map(({ blockHash }) => blockHash)).toEqual(["hash B"]);
  });

  it("keep the newest notices", () => {
    const notices = Array.from({ length: 100 }, (_, i) => stale(String(i)));
    expect(
      given(...notices)
        .notices.map(({ blockHash }) => blockHash)
        .slice(-1),
    ).toEqual(["hash 99"]);
    expect(given(...notices).notices).toHaveLength(64);
  });
});
