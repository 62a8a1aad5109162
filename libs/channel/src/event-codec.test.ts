import fc from "fast-check";
import { currentSchemaVersion } from "./upcast.ts";
import { describe, expect, it } from "vitest";
import { isLogError } from "./errors.ts";
import { decodeEvent, encodeEvent } from "./event-codec.ts";
import { faultyDataMember } from "./event-shape.ts";
import { conversation } from "./test-support.ts";
import { close, expire, join, merchant, reportDoubleSpend, paymentTxid, wallet, wayTo } from "./testing.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const { stored } = conversation(
  ...wayTo.settled,
  reportDoubleSpend(paymentTxid),
  {
    type: "ExtendDeadline",
    expiresAtMs: 9_000,
    metadata: { commandId: "x", nowMs: 2_000, correlationId: "", causationId: "" },
  },
  close(),
);
const [opened = { text: "" }] = stored;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON holds
function changed(change: (event: Record<string, any>) => void, text = opened.text): string {
  const event = JSON.parse(text);
  change(event);
  return JSON.stringify(event);
}

describe("decodeEvent", () => {
  it("reads what encodeEvent wrote, byte for byte", () => {
    for (const { text, streamVersion } of stored) expect(encodeEvent(decodeEvent(text, streamVersion))).toBe(text);
  });

  it.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["an unknown type", changed((event) => (event["type"] = "ChannelSold"))],
    ["a type of Object.prototype", changed((event) => (event["type"] = "constructor"))],
    ["no data", changed((event) => delete event["data"])],
    ["no metadata", changed((event) => (event["metadata"] = null))],
    ["a version 0", changed((event) => (event["metadata"].schemaVersion = 0))],
    ["a version that is text", changed((event) => (event["metadata"].schemaVersion = "1"))],
    ["no event id", changed((event) => delete event["metadata"].eventId)],
    ["no previous hash", changed((event) => (event["metadata"].previousHash = 7))],
    ["a time that is none", changed((event) => (event["metadata"].recordedAtMs = 1.5))],
  ])("refuses %s, and says where", (_, text) => {
    expect(() => decodeEvent(text, 42)).toThrowError(
      expect.objectContaining({ code: "LOG_EVENT_CORRUPT", streamVersion: 42 }),
    );
  });

  it("reads the class of copies that an event is stamped with, and one that a newer build may have", () => {
    for (const copyClass of ["none", "async", "sync", "quorum"]) {
      const text = changed((event) => (event["metadata"].copyClass = copyClass));
      expect(decodeEvent(text, 1).metadata.copyClass).toBe(copyClass);
    }
    expect(decodeEvent(opened.text, 1).metadata).not.toHaveProperty("copyClass");
    for (const copyClass of [null, 1, "", "<b>", "a".repeat(33)]) {
      const text = changed((event) => (event["metadata"].copyClass = copyClass));
      expect(() => decodeEvent(text, 42)).toThrowError("metadata.copyClass");
    }
  });

  it("refuses an event of a newer version as such", () => {
    const newer = changed((event) => (event["metadata"].schemaVersion = currentSchemaVersion + 1));
    expect(() => decodeEvent(newer, 42)).toThrowError(expect.objectContaining({ code: "LOG_EVENT_TOO_NEW" }));
  });

  it("names the member of the data that is missing", () => {
    for (const { text } of stored) {
      for (const member of Object.keys(JSON.parse(text).data)) {
        // Older builds had no list, and the upcaster makes it.
        if (member === "txids") continue;
        const without = changed((event) => delete event["data"][member], text);
        expect(() => decodeEvent(without, 42)).toThrowError(`data.${member} of ${JSON.parse(text).type}`);
      }
    }
  });

  it("looks into participants, messages and proofs", () => {
    const participant = { ...merchant, role: "owner" };
    expect(faultyDataMember("ParticipantJoined", { participant })).toBe("participant");
    const spend = { txid: "", reason: "doubleSpend", competingTxids: [1], raw: "", bodyText: "" };
    expect(faultyDataMember("DoubleSpendReported", { doubleSpend: spend })).toBe("doubleSpend");
  });

  it("answers any text with an event or a LogError", () => {
    const texts = fc.oneof(fc.string(), fc.json(), fc.constantFrom(...stored.map(({ text }) => text)));
    const damaged = fc.tuple(texts, fc.nat(2_000), fc.string({ maxLength: 3 })).map(([text, at, patch]) => {
      return text.slice(0, at) + patch + text.slice(at + patch.length);
    });
    fc.assert(
      fc.property(damaged, (text) => {
        try {
          return encodeEvent(decodeEvent(text, 1)) !== "";
        } catch (error) {
          return isLogError(error);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("keeps every character of a raw frame", () => {
    const raw = '{"key":"payment","body":{"n":12345678901234567890,"x":1.0,"s":"\\u2028 \u2028 \ud83d\ude00 <>&"}}';
    const command = wallet("SubmitPayment");
    const { stored: log } = conversation(
      join(merchant),
      { ...command, message: { ...command.message, raw } },
      expire(),
    );
    expect(decodeEvent(log[1]?.text ?? "", 1)).toMatchObject({ data: { message: { raw } } });
  });
});
