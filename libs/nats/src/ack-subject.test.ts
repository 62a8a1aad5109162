import { describe, expect, it } from "vitest";
import { nakAfter, parseAckSubject } from "./ack-subject.ts";

describe("parseAckSubject", () => {
  it.each([
    "$JS.ACK.KV_X.expiry.3.17.9.1700000000000000000.0",
    "$JS.ACK._.hash.KV_X.expiry.3.17.9.1700000000000000000.0",
    "$JS.ACK.domain.hash.KV_X.expiry.3.17.9.1700000000000000000.0.random",
  ])("reads %s", (subject) => {
    expect(parseAckSubject(subject)).toEqual({ delivered: 3, streamSequence: 17 });
  });

  it("asks for a delay in nanoseconds", () => {
    expect(nakAfter(250.4)).toBe('-NAK {"delay":250000000}');
  });
});
