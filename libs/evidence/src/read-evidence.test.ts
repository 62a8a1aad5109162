import { sdkCrypto } from "@p4/spv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendAnchor, appendCountersignature, evidenceHead } from "./attach.ts";
import { anchorProof } from "./anchor/anchor.ts";
import { createAnchor } from "./anchor/create-anchor.ts";
import { readAnchor } from "./anchor/read-anchor.ts";
import {
  evidenceOf,
  forged,
  withHeader,
  merchantKey,
  operatorKey,
  settledChannel,
  startMs,
} from "./fixtures/paid-channel.ts";
import { countersignHead } from "./signing.ts";
import { utf8Bytes } from "./text-bytes.ts";
import { verifyEvidence } from "./verify-evidence.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const plain = evidenceOf(settledChannel());
const evidence = withWitnesses(plain);
const bytes = utf8Bytes(evidence);
const lines = evidence.split("\n").slice(0, -1);

function withWitnesses(text: string): string {
  const head = evidenceHead(text);
  const anchor = readAnchor(createAnchor({ heads: [head], anchoredAtMs: startMs, operatorPrivateKeyHex: operatorKey }));
  const proof = anchorProof(anchor, head.channelId, sdkCrypto);
  if (proof === null) throw new Error("no proof");
  return appendAnchor(appendCountersignature(text, countersignHead(head, merchantKey)), proof);
}

/** Which line a byte is in, counted in the untouched file. */
function lineOf(at: number): number {
  return bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
}

function faultsOf(file: Uint8Array | string) {
  const report = verifyEvidence(file);
  expect(report.verdict).toBe("fails");
  return report.checks.filter(({ status }) => status === "failed");
}

function joined(changed: readonly string[]): string {
  return changed.map((line) => `${line}\n`).join("");
}

describe("a file that was touched", () => {
  test("given no change, then it verifies", () => {
    expect(verifyEvidence(bytes).verdict).toBe("unknown-key");
    expect(verifyEvidence(evidence).verdict).toBe("unknown-key");
  });

  test("given any single byte changed, then verification fails and names that line", () => {
    const change = fc.record({ at: fc.nat(bytes.length - 1), add: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(change, ({ at, add }) => {
        const touched = bytes.slice();
        touched[at] = ((touched[at] as number) + add) & 0xff;
        const [first] = faultsOf(touched);
        expect(first?.line).toBe(lineOf(at));
        expect(first?.part).not.toBe("");
      }),
      { numRuns: 1_000 },
    );
  });

  test("given any single byte removed or put in, then verification fails and names that line", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const without = new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
        expect(faultsOf(without)[0]?.line).toBe(lineOf(at));
        const more = new Uint8Array([...bytes.subarray(0, at), byte, ...bytes.subarray(at)]);
        expect(faultsOf(more)[0]?.line).toBeLessThanOrEqual(lineOf(at));
      }),
      { numRuns: 200 },
    );
  });

  test("given a replacement character's byte changed to one that a lenient decoder does not tell apart, then it is found", () => {
    const text = forged(plain, (contents) => ({
      ...contents,
      header: { ...contents.header, softwareVersion: "\ufffd" },
    }));
    const touched = utf8Bytes(text).slice();
    const at = touched.findIndex((byte, index) => byte === 0xef && touched[index + 1] === 0xbf);
    touched[at] = 0xf0;
    expect(new TextDecoder().decode(touched)).toBe(text);
    expect(faultsOf(touched)).toEqual([expect.objectContaining({ code: "PARTS", line: 1, part: "header" })]);
  });

  test("given a file cut anywhere, then it fails as half-written", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        const [first] = faultsOf(bytes.subarray(0, length));
        expect(first?.statement).toMatch(/half-written|empty/);
        expect(first?.line).toBeLessThanOrEqual(Math.max(1, lineOf(length)));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["converted to CRLF", lines.map((line) => `${line}\r`), 1, "line endings were converted"],
    ["one line converted", lines.with(3, `${lines[3] ?? ""}\r`), 4, "line endings were converted"],
    ["an event removed", lines.toSpliced(3, 1), 4, "A part was removed"],
    ["the last event removed", lines.toSpliced(7, 1), 8, "A part was removed"],
    ["two events swapped", lines.with(3, lines[4] ?? "").with(4, lines[3] ?? ""), 4, "parts were moved"],
    ["an event doubled", lines.toSpliced(3, 0, lines[3] ?? ""), 5, "more often than in the list"],
    ["an event of another file added", lines.toSpliced(8, 0, foreignEvent()), 9, "This part was added"],
    ["the signature removed", lines.toSpliced(10, 1), 11, 'the part "signature"'],
    ["the manifest removed", lines.toSpliced(9, 1), 10, 'the part "manifest"'],
    ["a countersignature removed", lines.toSpliced(11, 1), 13, "counts 13 lines before it, there are 12"],
    ["a line after the end", [...lines, lines[11] ?? ""], 15, "after the end line"],
    ["an empty line at the end", [...lines, ""], 15, "not `part hash content`"],
    ["text after the end", [...lines, "more"], 15, "not `part hash content`"],
  ])("given %s, then it is named", (_, changed, line, statement) => {
    const faults = faultsOf(joined(changed));
    expect(faults[0]).toEqual(
      expect.objectContaining({ line, statement: expect.stringContaining(statement) as string }),
    );
  });

  test("given a byte order mark before the file, then line 1 is named", () => {
    expect(faultsOf(`\ufeff${evidence}`)[0]).toEqual(expect.objectContaining({ line: 1, part: "header" }));
  });

  test("given several damaged lines, then each is named, and that nothing else was looked at", () => {
    const report = verifyEvidence(
      joined(lines.map((line, index) => (index % 5 === 1 ? line.replace(/.$/, "#") : line))),
    );
    expect(report.checks.map(({ line, part }) => [line, part])).toEqual([
      [2, "event"],
      [7, "event"],
      [12, "countersignature"],
      [null, null],
    ]);
    expect(report.file).toBeNull();
  });

  test("given bytes that are no evidence at all, then it never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string()), (file) => {
        expect(verifyEvidence(file).verdict).toBe("fails");
      }),
    );
  });

  test("given a newer version, then it says so and nothing else", () => {
    const [first, ...more] = faultsOf(evidence.replace(/^p4e\/1/, "p4e/2"));
    expect(more).toEqual([]);
    expect(first?.statement).toBe("The file was written by a newer version (2); this verifier knows version 1.");
  });
});

function foreignEvent(): string {
  return evidenceOf(settledChannel().close("other")).split("\n")[8] ?? "";
}

describe("a file that is whole, signed, and breaks the format", () => {
  test.each([
    ["a member that occurs twice", (content: string) => content.replace("{", '{"channelId":"x",'), "appears twice"],
    ["a member too many", (content: string) => content.replace(/}$/, ',"extra":1}'), "extra: is not a member"],
    ["another spelling of the same value", (content: string) => content.replace(":", ": "), "one exact form"],
    ["a wrong type", (content: string) => content.replace('"shard":3', '"shard":"3"'), "shard: must be a whole number"],
  ])("given a header with %s, then the part and the rule are named", (_, change, rule) => {
    const fault = faultsOf(withHeader(plain, change))[0];
    expect(fault).toEqual(expect.objectContaining({ part: "header", line: 1 }));
    expect(fault?.statement).toContain(rule);
  });
});
