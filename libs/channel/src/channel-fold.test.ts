import { describe, expect, it } from "vitest";
import { logErrors } from "./errors.ts";
import { conversation, replay, sha256Hex } from "./test-support.ts";
import { expire, join, merchant, paymentTxid, recordProof, wallet } from "./testing.ts";
import type { StoredText } from "./timeline.ts";

const { stored, channel } = conversation(
  join(merchant),
  wallet("RequestTerms"),
  wallet("OfferTerms"),
  wallet("SubmitPayment"),
  wallet("AcceptPayment"),
  recordProof(paymentTxid),
  expire(),
);

function faultOf(log: readonly StoredText[]): unknown {
  try {
    replay(log);
    return null;
  } catch (error) {
    return error;
  }
}

describe("the fold of a stored log", () => {
  it("gives the state that was folded from the decisions", () => {
    expect(replay(stored)).toEqual(channel);
    expect(channel.headHash).toBe(sha256Hex(stored.at(-1)?.text ?? ""));
  });

  it("chains each event to the bytes of the one before", () => {
    const hashes = stored.map(({ text }) => JSON.parse(text).metadata.previousHash);
    expect(hashes).toEqual(["", ...stored.slice(0, -1).map(({ text }) => sha256Hex(text))]);
  });

  it.each(stored.slice(0, -1).map((event, index) => [event.streamVersion, index] as const))(
    "finds a change of the event at %i, at the event behind it",
    (_, index) => {
      const log = stored.map((event, at) => {
        return at === index ? { ...event, text: event.text.replace(/("recordedAtMs":)(\d)/, "$19") } : event;
      });
      const behind = stored[index + 1]?.streamVersion;
      expect(faultOf(log)).toMatchObject({ code: "LOG_CHAIN_BROKEN", streamVersion: behind });
    },
  );

  it.each(stored.slice(0, -1).map((event, index) => [event.streamVersion, index] as const))(
    "finds that the event at %i is missing",
    (_, index) => {
      const log = stored.filter((_event, at) => at !== index);
      expect(faultOf(log)).toMatchObject({
        code: index === 0 ? "LOG_BEGINNING_GONE" : "LOG_CHAIN_BROKEN",
        streamVersion: stored[index + 1]?.streamVersion,
      });
    },
  );

  it.each(stored.slice(1).map((event, index) => [event.streamVersion, index + 1] as const))(
    "is no new channel when it begins at %i, its first events having gone with the log's age",
    (streamVersion, index) => {
      expect(faultOf(stored.slice(index))).toMatchObject({ code: "LOG_BEGINNING_GONE", streamVersion });
    },
  );

  it("finds two events that changed places, and one that came twice", () => {
    const [first, second, third, ...rest] = stored as [StoredText, StoredText, StoredText];
    expect(faultOf([first, third, second, ...rest])).toMatchObject({ streamVersion: third.streamVersion });
    expect(faultOf([first, second, second])).toMatchObject({ code: "LOG_CHAIN_BROKEN" });
  });

  it("refuses a well-chained event that the machine has no transition for", () => {
    const last = stored.at(-1) as StoredText;
    const late = JSON.parse((stored[1] as StoredText).text);
    late.metadata.previousHash = sha256Hex(last.text);
    const log = [...stored, { text: JSON.stringify(late), streamVersion: 99 }];
    expect(faultOf(log)).toMatchObject({ code: "LOG_DOES_NOT_FOLD", streamVersion: 99, message: logMessage() });
  });

  function logMessage(): unknown {
    return expect.stringContaining(`${logErrors.LOG_DOES_NOT_FOLD} (at 99: TermsRequested in expired)`);
  }
});
