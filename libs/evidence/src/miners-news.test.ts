import type { ChannelCommand } from "@p4/channel";
import { describe, expect, test } from "vitest";
import { checksOf } from "./fixtures/checks-of.ts";
import {
  blockHash,
  evidenceOf,
  forged,
  settledChannel,
  txid,
  withEvents,
  type StoredJson,
} from "./fixtures/paid-channel.ts";
import { renderEvidenceHtml } from "./html/render-evidence-html.ts";
import { verifyEvidence } from "./verify-evidence.ts";

const [one, two] = ["01".repeat(32), "02".repeat(32)];
const bodyText = "{}";
const arc = (said: object): string => JSON.stringify({ txid, ...said });

/** A settled channel of which miners have told more. */
function told(...commands: readonly object[]): string {
  const recorder = settledChannel();
  for (const command of commands) {
    recorder.record({ ...command, metadata: recorder.metadata() } as ChannelCommand);
  }
  return evidenceOf(recorder);
}

const attempt = {
  type: "ReportDoubleSpend",
  doubleSpend: {
    txid,
    reason: "doubleSpendAttempt",
    competingTxids: [one, two],
    raw: arc({ txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: [two, one, two] }),
    bodyText,
  },
};
const rejected = {
  type: "ReportRejection",
  rejection: {
    txid,
    status: "REJECTED",
    code: 466,
    detail: "",
    competingTxids: [],
    raw: arc({ txStatus: "REJECTED", status: 466 }),
    bodyText,
  },
};
const revoked = {
  type: "RevokeProof",
  revocation: {
    txid,
    status: "MINED_IN_STALE_BLOCK",
    blockHashes: [blockHash],
    detail: "",
    raw: arc({ txStatus: "MINED_IN_STALE_BLOCK", blockHash }),
    bodyText,
  },
};

describe("what miners said beside the proof", () => {
  const checks = checksOf(told(attempt, rejected, revoked));

  test("given a callback that says it, in whichever order it lists transactions, then it stands", () => {
    expect(checks("DOUBLE_SPEND")).toEqual([["ok", expect.stringContaining(`names ${one}, ${two} as spending`)]]);
    const [proof, ...undoing] = checks("PROOF");
    expect(proof?.[0]).toBe("ok");
    expect(undoing).toEqual([
      ["not-proved", expect.stringContaining("will not be mined (REJECTED 466)")],
      ["not-proved", expect.stringContaining("has left the chain (MINED_IN_STALE_BLOCK)")],
    ]);
  });

  test("given a notice that names no rival, then that is said", () => {
    const raw = arc({ txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: null });
    const unnamed = { ...attempt, doubleSpend: { ...attempt.doubleSpend, competingTxids: [], raw } };
    expect(checksOf(told(unnamed))("DOUBLE_SPEND")).toEqual([
      ["ok", expect.stringContaining("names a transaction without its id as spending the same output")],
    ]);
  });

  test("given a reader, then each callback is shown as it was received", () => {
    const html = renderEvidenceHtml(verifyEvidence(told(attempt, rejected, revoked)));
    const shown = [...html.matchAll(/As received.*?<pre[^>]*>(.*?)<\/pre>/g)].map(([, text]) => text);
    const callbacks = [attempt.doubleSpend.raw, rejected.rejection.raw, revoked.revocation.raw];
    expect(shown.slice(-3)).toEqual(callbacks.map((raw) => raw.replaceAll('"', "&quot;")));
  });

  test.each<[string, "DOUBLE_SPEND" | "PROOF", (data: StoredJson["data"]) => void]>([
    ["DoubleSpendReported", "DOUBLE_SPEND", ({ doubleSpend }) => void (doubleSpend.reason = "doubleSpend")],
    ["DoubleSpendReported", "DOUBLE_SPEND", ({ doubleSpend }) => void doubleSpend.competingTxids.pop()],
    ["TransactionRejected", "PROOF", ({ rejection }) => void (rejection.code = 465)],
    ["TransactionRejected", "PROOF", ({ rejection }) => void (rejection.raw = arc({ txStatus: "SEEN_ON_NETWORK" }))],
    ["ProofRevoked", "PROOF", ({ revocation }) => void (revocation.raw = arc({ txStatus: "MINED" }))],
    ["ProofRevoked", "PROOF", ({ revocation }) => void (revocation.raw = "{")],
  ])("given a %s that is not what the callback says, then %s fails", (type, code, change) => {
    const text = forged(told(attempt, rejected, revoked), (contents) =>
      withEvents(contents, (event) => {
        if (event.type === type) change(event.data);
        return event;
      }),
    );
    expect(checksOf(text)(code).map(([status]) => status)).toContain("failed");
  });
});
