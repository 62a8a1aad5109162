import { describe, expect, test } from "vitest";
import { anchorProof, type Anchor } from "../anchor/anchor.ts";
import { createAnchor } from "../anchor/create-anchor.ts";
import { readAnchor } from "../anchor/read-anchor.ts";
import { appendAnchor, appendCountersignature, evidenceHead } from "../attach.ts";
import type { ChannelHead } from "../evidence-contents.ts";
import {
  conversation,
  evidenceOf,
  forged,
  merchantKey,
  operatorKey,
  settledChannel,
  startMs,
  withEvents,
} from "../fixtures/paid-channel.ts";
import { countersignHead, publicKeyOf } from "../signing.ts";
import { verifyEvidence, type VerifyEvidenceOptions } from "../verify-evidence.ts";
import { sdkCrypto } from "@p4/spv";

const whole = evidenceOf(settledChannel());
const head = evidenceHead(whole);
const cut = evidenceOf(conversation());
const witnessKeys = [publicKeyOf(merchantKey)];
const elsewhere = { channelId: "inv9", streamVersion: 4, headHash: "ab".repeat(32) };

function anchorOf(heads: readonly ChannelHead[], operatorPrivateKeyHex = operatorKey): Anchor {
  return readAnchor(createAnchor({ heads, anchoredAtMs: startMs, operatorPrivateKeyHex }));
}

const trustedKeys = [publicKeyOf(operatorKey)];

function tailOf(text: string, options: VerifyEvidenceOptions = {}) {
  return verifyEvidence(text, options)
    .checks.filter(({ code }) => code === "TAIL" || code === "ANCHOR" || code === "COUNTERSIGNATURE")
    .map(({ code, status, statement }) => `${status} ${code}: ${statement}`);
}

describe("a removed tail", () => {
  test("given no witness, then it cannot be excluded, and that is said", () => {
    expect(verifyEvidence(cut, { trustedKeys }).verdict).toBe("holds");
    expect(tailOf(cut)).toEqual([expect.stringContaining("not-proved TAIL: A removed tail cannot be excluded")]);
  });

  test("given an anchor of the longer channel, then it is found", () => {
    const report = tailOf(cut, { anchors: [anchorOf([elsewhere, head])] });
    expect(report[0]).toMatch(
      /^failed ANCHOR: .* event 33 as the last, the file ends with event 27: a tail was removed/,
    );
    expect(verifyEvidence(cut, { trustedKeys, anchors: [anchorOf([elsewhere, head])] }).verdict).toBe("fails");
  });

  test("given a head that the merchant countersigned, then it is found", () => {
    const countersignedHeads = [{ ...head, ...countersignHead(head, merchantKey) }];
    expect(tailOf(cut, { countersignedHeads, witnessKeys })[0]).toMatch(
      /^failed COUNTERSIGNATURE: .*a tail was removed/,
    );
    expect(tailOf(whole, { countersignedHeads, witnessKeys })[0]).toMatch(/^ok COUNTERSIGNATURE/);
  });

  test("given witnesses with unknown keys, then they decide nothing", () => {
    const countersignedHeads = [{ ...head, ...countersignHead(head, merchantKey) }];
    const anchors = [anchorOf([head], "03".repeat(32))];
    const statuses = tailOf(cut, { countersignedHeads, anchors }).map((line) => line.split(":")[0]);
    expect(statuses).toEqual(["not-proved COUNTERSIGNATURE", "not-proved ANCHOR", "not-proved TAIL"]);
  });

  test("given an anchor of an earlier head, then it vouches up to there", () => {
    const report = tailOf(whole, { anchors: [anchorOf([evidenceHead(cut)])] });
    expect(report.at(-1)).toContain("Up to event 27 nothing is missing");
  });

  test("given another history than the anchored one, then it is found", () => {
    const other = { ...head, headHash: "ab".repeat(32) };
    expect(tailOf(whole, { anchors: [anchorOf([other])] })[0]).toMatch(/^failed ANCHOR: .*the history was rewritten/);
    const unknown = { ...head, streamVersion: 28 };
    expect(tailOf(whole, { anchors: [anchorOf([unknown])] })[0]).toMatch(/^failed ANCHOR: .*not in the file/);
  });

  test("given a channel that has ended, then nothing can follow", () => {
    expect(tailOf(evidenceOf(settledChannel().close("done")))).toEqual([
      expect.stringMatching(/^ok TAIL: .*had ended by event/),
    ]);
  });
});

describe("witnesses in the file", () => {
  const anchor = anchorOf([elsewhere, head]);
  const proof = anchorProof(anchor, head.channelId, sdkCrypto);
  if (proof === null) throw new Error("the anchor has the channel");
  const anchored = appendAnchor(whole, proof);
  const codesOf = (lines: readonly string[]) => lines.map((line) => line.split(":")[0]);

  test("given a countersignature, then it counts when the key is known as a second party's", () => {
    const signed = appendCountersignature(anchored, countersignHead(head, merchantKey));
    expect(verifyEvidence(signed, { trustedKeys }).verdict).toBe("holds");
    const known = tailOf(signed, { witnessKeys });
    expect(codesOf(known)).toEqual(["ok COUNTERSIGNATURE", "not-proved ANCHOR", "ok TAIL"]);
    const operators = tailOf(signed, { trustedKeys: [publicKeyOf(operatorKey), ...witnessKeys] });
    expect(codesOf(operators)).toEqual(["not-proved COUNTERSIGNATURE", "not-proved ANCHOR", "not-proved TAIL"]);
  });

  test("given an anchor, then it counts when its root is known from elsewhere", () => {
    expect(codesOf(tailOf(anchored))).toEqual(["not-proved ANCHOR", "not-proved TAIL"]);
    const knownRoots = [anchor.signedRoot.root];
    expect(codesOf(tailOf(anchored, { knownRoots }))).toEqual(["ok ANCHOR", "ok TAIL"]);
    expect(codesOf(tailOf(anchored, { anchors: [anchor] }))).toEqual(["ok ANCHOR", "ok ANCHOR", "ok TAIL"]);
  });

  test("given a witness to another head, then it is not taken, and fails where an operator put it in", () => {
    const other = countersignHead({ ...head, streamVersion: 1 }, merchantKey);
    expect(() => appendCountersignature(whole, other)).toThrow("does not verify over the file's head");
    const others = anchorProof(anchor, "inv9", sdkCrypto);
    if (others === null) throw new Error("the anchor has the channel");
    expect(() => appendAnchor(whole, others)).toThrow("is of inv9, not of inv0000001");
    const rewritten = forged(whole, (contents) =>
      withEvents(contents, (event) => ({ ...event, metadata: { ...event.metadata, causationId: "later" } })),
    );
    const moved = countersignHead(evidenceHead(rewritten), merchantKey);
    expect(() => appendCountersignature(whole, moved)).toThrow("does not verify");
  });

  test("given a damaged or newer file, then nothing is added to it", () => {
    const signature = countersignHead(head, merchantKey);
    expect(() => appendCountersignature(whole.slice(0, -9), signature)).toThrow(
      expect.objectContaining({ code: "EVIDENCE_DAMAGED" }) as Error,
    );
    expect(() => appendCountersignature(whole.replace("p4e/1", "p4e/7"), signature)).toThrow(
      expect.objectContaining({ code: "EVIDENCE_TOO_NEW" }) as Error,
    );
  });
});
