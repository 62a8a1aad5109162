import { describe, expect, test } from "vitest";
import { checksOf } from "./fixtures/checks-of.ts";
import {
  arcProof,
  blockHash,
  channelId,
  conversation,
  evidenceOf,
  forged,
  mapiProof,
  merchant,
  operatorKey,
  Recorder,
  settledChannel,
  startMs,
  txid,
  withEvents,
  type StoredJson,
} from "./fixtures/paid-channel.ts";
import { publicKeyOf } from "./signing.ts";
import { verifyEvidence } from "./verify-evidence.ts";

const settled = evidenceOf(settledChannel());

/** The failed checks of a settled channel, one of whose events says something else, rightly chained and signed. */
function faultsAfter(type: string, change: (event: StoredJson) => void) {
  const text = forged(settled, (contents) =>
    withEvents(contents, (event) => {
      if (event.type === type) change(event);
      return event;
    }),
  );
  const report = verifyEvidence(text);
  expect(report.verdict).toBe("fails");
  return report.checks
    .filter(({ status }) => status === "failed")
    .map(({ code, part, statement }) => `${code} ${part}: ${statement}`)
    .join("\n");
}

describe("what is counted", () => {
  const statements = (recorder: Recorder): string =>
    verifyEvidence(evidenceOf(recorder))
      .checks.map(({ statement }) => statement)
      .join("\n");

  test("given one of it, then it is told of in the singular", () => {
    const opened = statements(new Recorder().join(merchant));
    expect(opened).toContain("signed this file: 1 event up to the state awaitingTermsRequest");
    expect(opened).toContain("The one event is the channel's first");
    expect(statements(conversation(undefined, 1))).toContain(
      "The wallet message, as received, says what its event says",
    );
  });

  test("given several, then in the plural", () => {
    const asked = statements(conversation(undefined, 2));
    expect(asked).toContain("signed this file: 4 events up to the state awaitingPayment");
    expect(asked).toContain("The 4 events form one chain");
    expect(asked).toContain("The 2 wallet messages, as received, say what their events say");
  });
});

describe("a settled channel", () => {
  test("given the operator's key is trusted, then all is proved but what no file can prove", () => {
    const report = verifyEvidence(settled, { trustedKeys: [publicKeyOf(operatorKey)] });
    expect(report.verdict).toBe("holds");
    expect(
      report.checks.map(({ code, status, part }) => `${status} ${code}${part === null ? "" : ` ${part}`}`),
    ).toEqual([
      "ok FORMAT",
      "ok PARTS",
      "ok MANIFEST",
      "ok SIGNATURE signature",
      "ok OPERATOR_KEY signature",
      "ok HASH_CHAIN",
      "ok MACHINE",
      "ok MESSAGES",
      "ok PAYMENT event 22",
      "ok PAYMENT event 22",
      "ok PROOF event 33",
      "ok BLOCK event 33",
      "not-proved BLOCK",
      "ok CLOCK",
      "not-proved CLOCK",
      "not-proved TAIL",
      "not-proved WALLETS event 27",
      "not-proved WALLETS",
      "not-proved DURABILITY",
    ]);
    expect(report.timeline.map(({ what, after }) => `${what} ${after}`)).toEqual([
      "join awaitingTermsRequest",
      "join awaitingTermsRequest",
      "paymentrequest.create awaitingTerms",
      "paymentrequest.response awaitingPayment",
      "payment awaitingAck",
      "payment.ack awaitingProof",
      "proof.create settled",
    ]);
  });

  test("given the file, then it holds the log's own texts and says how and with what it was made", () => {
    const { file } = verifyEvidence(settled);
    expect(file?.events.map(({ value }) => value)).toEqual(settledChannel().events);
    expect(file?.header.value).toEqual({
      channelId,
      region: "local",
      shard: 3,
      durability: "fsync",
      machineVersion: expect.stringMatching(/^\d+\.\d+-[0-9a-f]{12}$/) as string,
      softwareVersion: "p4/0.1.0",
      exportedAtMs: startMs + 86_400_000,
      operatorKey: publicKeyOf(operatorKey),
    });
  });

  test("given the document's own dialect, then it verifies as well", () => {
    const report = verifyEvidence(evidenceOf(conversation("pay-and-prove-seed").proof(mapiProof())));
    expect(report.checks.filter(({ status }) => status === "failed")).toEqual([]);
  });

  test("given ARC's callback, then its BUMP is climbed and the missing signature is said", () => {
    const text = evidenceOf(conversation().proof(arcProof(mapiProof().bodyText)));
    expect(checksOf(text)("PROOF")).toEqual([
      ["ok", expect.stringMatching(/carries no signature.*The Merkle path leads/)],
    ]);
  });

  test("given no header of the proof's block, then only the proof's own speaks for it; without that, nothing does", () => {
    const [[status, own] = []] = checksOf(evidenceOf(settledChannel(), { blocks: [] }))("BLOCK");
    expect([status, own]).toEqual(["ok", expect.stringContaining("brought by the proof itself")]);
    const arc = evidenceOf(conversation().proof(arcProof(mapiProof().bodyText)), { blocks: [] });
    expect(checksOf(arc)("BLOCK")[0]).toEqual([
      "not-proved",
      expect.stringContaining(`no header of block ${blockHash}`),
    ]);
  });

  test("given a payment without its proof, then that it was mined is not proved", () => {
    expect(checksOf(evidenceOf(conversation()))("PROOF")).toEqual([
      [
        "not-proved",
        `No Merkle proof of the accepted transaction ${txid} is recorded: that it was mined is not proved.`,
      ],
    ]);
  });
});

describe("an operator who lies in a file that is whole and rightly signed", () => {
  test.each([
    [
      "ChannelOpened",
      (event: StoredJson) => void (event.data.channelId = "inv2"),
      "MACHINE header: The events are those",
    ],
    [
      "PaymentSubmitted",
      (event: StoredJson) => void (event.data.txid = "ab".repeat(32)),
      "PAYMENT event 22: The payment as",
    ],
    [
      "PaymentSubmitted",
      (event: StoredJson) => void (event.data.message.raw = "{}"),
      "cannot be read: WIRE_KEY_MISSING key",
    ],
    ["PaymentSubmitted", (event: StoredJson) => void (event.data.message.dialect = "p4"), "in the dialect dpp, not p4"],
    ["PaymentSubmitted", (event: StoredJson) => void (event.data.message.messageId = "m"), "has another messageId"],
    [
      "PaymentSubmitted",
      (event: StoredJson) => void (event.data.message.correlationId = "m"),
      "has another correlationId",
    ],
    [
      "PaymentSubmitted",
      (event: StoredJson) => void (event.data.from.role = "merchant"),
      "not come from the role merchant",
    ],
    ["PaymentSubmitted", (event: StoredJson) => void delete event.data.message, "event 22: The event"],
    [
      "PaymentAccepted",
      (event: StoredJson) => void (event.type = "PaymentFailed"),
      "has the key payment.ack, which is no",
    ],
    ["PaymentAccepted", refuseIt, "says that the payment was accepted"],
    ["ProofRecorded", (event: StoredJson) => void (event.data.proof.txid = "ab".repeat(32)), "PROOF event 33"],
    [
      "ProofRecorded",
      (event: StoredJson) => void (event.data.proof.merkleRoot = "ab".repeat(32)),
      "not to the recorded one",
    ],
    ["ProofRecorded", (event: StoredJson) => void (event.data.proof.blockHash = "ab".repeat(32)), "is for the block"],
    ["ProofRecorded", forgeSignature, "PROOF event 33: The event does not have the data of its type"],
    ["ProofRecorded", (event: StoredJson) => void (event.data.proof.bodyText = "{}"), "PROOF event 33"],
    ["ProofRecorded", (event: StoredJson) => void delete event.data.proof, "event 33: The event"],
    [
      "TermsRequested",
      (event: StoredJson) => void (event.type = "PaymentAccepted"),
      "MACHINE event 15: The event cannot follow",
    ],
    [
      "TermsRequested",
      (event: StoredJson) => void (event.type = "Nonsense"),
      "HASH_CHAIN event 15: The event cannot be read",
    ],
    [
      "TermsRequested",
      (event: StoredJson) => void (event.metadata["schemaVersion"] = 99),
      "written by a newer version",
    ],
  ])("given %s changed, then the event is named", (type, change, fault) => {
    expect(faultsAfter(type, change)).toContain(fault);
  });

  test("given an event left out and the chain rebuilt, then the machine does not take it", () => {
    const text = forged(settled, (contents) =>
      withEvents(contents, (event) => (event.type === "PaymentSubmitted" ? null : event)),
    );
    expect(checksOf(text)("MACHINE")).toEqual([
      ["failed", expect.stringContaining("PaymentAccepted in awaitingPayment")],
    ]);
  });

  test("given an event left out and the chain left as it is, then the place of the gap is named", () => {
    const text = forged(settled, (contents) => ({ ...contents, events: contents.events.toSpliced(3, 1) }));
    expect(checksOf(text)("HASH_CHAIN")).toEqual([["failed", expect.stringContaining("(event 15)")]]);
    expect(checksOf(text)("MACHINE")[0]?.[0]).toBe("not-proved");
  });

  test("given an event that says a thing twice, then it is refused", () => {
    const text = forged(settled, (contents) => ({
      ...contents,
      events: contents.events.map((event, index) =>
        index === 0 ? { ...event, text: event.text.replace('"openedBy"', '"channelId":"inv2","openedBy"') } : event,
      ),
    }));
    expect(checksOf(text)("HASH_CHAIN")[0]?.[1]).toContain("not in the exact form");
  });

  test("given an event that is nested deeper than an engine can write, then it is refused", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const text = forged(settled, (contents) => ({
      ...contents,
      events: contents.events.map((event, index) =>
        index === 0 ? { ...event, text: event.text.replace('"channelId"', `"deep":${deep},"channelId"`) } : event,
      ),
    }));
    expect(checksOf(text)("HASH_CHAIN")[0]?.[1]).toContain("The event cannot be read");
  });

  test("given another end state or head in the manifest, then it fails", () => {
    const state = forged(settled, (contents) => ({ ...contents, outcome: { ...contents.outcome, state: "expired" } }));
    expect(checksOf(state)("MACHINE")[0]?.[0]).toBe("failed");
    const head = forged(settled, (contents) => ({ ...contents, outcome: { ...contents.outcome, eventCount: 8 } }));
    expect(checksOf(head)("HASH_CHAIN")[0]?.[0]).toBe("failed");
  });

  test("given a header in whose name no work was done, then it fails", () => {
    const text = forged(settled, (contents) => ({
      ...contents,
      blocks: contents.blocks.map((block) => ({ ...block, header: `${block.header.slice(0, -8)}ffffffff` })),
    }));
    expect(checksOf(text)("BLOCK").map(([status]) => status)).toContain("failed");
  });

  test("given another machine version, then the states' meaning is not proved", () => {
    const text = forged(settled, (contents) => ({ ...contents, header: { ...contents.header, machineVersion: "0" } }));
    expect(verifyEvidence(text).verdict).toBe("unknown-key");
    expect(checksOf(text)("MACHINE").map(([status]) => status)).toEqual(["ok", "not-proved"]);
  });

  test("given a clock that went back, then the event is named and the times are not proved", () => {
    const text = forged(settled, (contents) => ({
      ...contents,
      events: contents.events.map((event, index) => (index === 4 ? { ...event, storedAtMs: startMs } : event)),
    }));
    expect(checksOf(text)("CLOCK")[0]).toEqual([
      "not-proved",
      expect.stringMatching(/Between event 18 and this one the broker's clock went back by \d+ ms/),
    ]);
  });
});

test("given a log that does not hold together, then no evidence is made", () => {
  const { events } = settledChannel();
  const make = (changed: typeof events) => () => evidenceOf(Object.assign(settledChannel(), { events: changed }));
  expect(make(events.toSpliced(3, 1))).toThrow(
    expect.objectContaining({ code: "LOG_CHAIN_BROKEN", streamVersion: 22 }),
  );
  expect(make([])).toThrow(expect.objectContaining({ code: "EVIDENCE_LOG_MISMATCH" }));
  expect(make([...events].reverse())).toThrow(expect.objectContaining({ code: "EVIDENCE_LOG_MISMATCH" }));
  const broken = events.map((event) => ({ ...event, text: event.text.replace(":", ":\n") }));
  expect(make(broken)).toThrow(expect.objectContaining({ code: "LOG_EVENT_CORRUPT", streamVersion: 4 }));
  expect(() => evidenceOf(settledChannel(), { channelId: "other" })).toThrow(`opens ${channelId}`);
  expect(() => evidenceOf(settledChannel(), { shard: -1 })).toThrow("shard: must be a whole number");
});

function refuseIt(event: StoredJson): void {
  event.type = "PaymentRefused";
  event.data.reason = "thank you";
}

function forgeSignature(event: StoredJson): void {
  event.data.proof.raw = event.data.proof.raw.replace("mainnet", "x").replace('\\"index\\":6', '\\"index\\":06');
}
