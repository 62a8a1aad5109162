import { describe, expect, test } from "vitest";
import { copyClassText } from "./copy-classes.ts";
import { checksOf } from "./fixtures/checks-of.ts";
import { customer, evidenceOf, forged, merchant, Recorder, withEvents } from "./fixtures/paid-channel.ts";
import { renderEvidenceHtml } from "./html/render-evidence-html.ts";
import { verifyEvidence } from "./verify-evidence.ts";

const joined = (): Recorder => new Recorder().join(merchant);

/** The first event under `async`, the others under `sync`. */
function changing(): Recorder {
  const recorder = new Recorder();
  recorder.copyClass = "async";
  recorder.join(merchant);
  recorder.copyClass = "sync";
  return recorder.join(customer).close("done");
}

describe("the class of copies that events are stamped with", () => {
  test("given one class, then it is said in plain words, and that a file cannot prove it", () => {
    const recorder = new Recorder();
    recorder.copyClass = "sync";
    const text = evidenceOf(recorder.join(merchant));
    expect(checksOf(text)("COPIES")).toEqual([
      ["not-proved", expect.stringMatching(/copy class sync; a file cannot prove that\. "sync": .* once a copy/)],
    ]);
    expect(verifyEvidence(text).verdict).toBe("unknown-key");
  });

  test("given a class that was changed meanwhile, then each one is told with its events", () => {
    const text = evidenceOf(changing());
    const report = verifyEvidence(text);
    const [first, second, last] = report.timeline.map(({ streamVersion }) => String(streamVersion));
    const told = `async (event ${first ?? ""}), sync (events ${second ?? ""} to ${last ?? ""})`;
    expect(copyClassText(report.timeline)).toBe(told);
    expect(checksOf(text)("COPIES")[0]?.[1]).toContain(told);
    expect(renderEvidenceHtml(report)).toContain(`<dt>Copies at other sites</dt><dd>${told}</dd>`);
  });

  test("given events without one, then nothing is said of copies", () => {
    const text = evidenceOf(joined());
    expect(checksOf(text)("COPIES")).toEqual([]);
    expect(renderEvidenceHtml(verifyEvidence(text))).not.toContain("Copies at other sites");
  });

  test("given some without, then which", () => {
    const recorder = joined();
    recorder.copyClass = "none";
    const { timeline } = verifyEvidence(evidenceOf(recorder.join(customer)));
    expect(copyClassText(timeline)).toMatch(/^not stated \(event \d+\), none \(event \d+\)$/);
  });

  test("given a class of a newer build, then it is told by its name; given no word, then the event cannot be read", () => {
    const stamped = (copyClass: unknown): string =>
      forged(evidenceOf(joined()), (contents) =>
        withEvents(contents, (event) => ({ ...event, metadata: { ...event.metadata, copyClass } })),
      );
    expect(checksOf(stamped("quorum"))("COPIES")[0]?.[1]).toMatch(/copy class quorum; a file cannot prove that\.$/);
    expect(checksOf(stamped("<b>"))("HASH_CHAIN")).toEqual([["failed", expect.stringContaining("metadata.copyClass")]]);
  });
});
