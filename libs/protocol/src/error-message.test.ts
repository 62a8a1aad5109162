import {
  decodeFrame,
  encodeErrorMessage,
  errorReport,
  frameProblems,
  readErrorMessage,
  wireError,
  wireErrors,
  wireErrorTexts,
} from "@p4/protocol";
import { describe, expect, it } from "vitest";

const report = errorReport({
  ...wireErrorTexts(wireError("WIRE_CHANNEL_ID", "channelID")),
  origin: { key: "payment", messageId: "m1", correlationId: "c1", bodyText: '{"n":1.0}' },
  channelId: "inv1",
  messageId: "e1",
  timestampMs: Date.UTC(2026, 0, 1),
  clientId: "conn1",
});

describe("an error message", () => {
  it("is the document's error wrapper", () => {
    const frame = encodeErrorMessage(report, "p4");
    expect(frame).toContain('"originBody":{"n":1.0}');
    expect(JSON.parse(frame)).toEqual({
      id: "e1",
      key: "error",
      originKey: "payment",
      originBody: { n: 1 },
      errorBody: {
        title: "illegal channel id",
        description: "channelID: a channel id is 1 to 64 of A-Z, a-z, 0-9, _ and -",
        errCode: "WIRE_CHANNEL_ID",
      },
      messageId: "e1",
      correlationID: "c1",
      timestamp: "2026-01-01T00:00:00.000Z",
      headers: {},
      channelID: "inv1",
      appId: "p4",
      userId: "",
    });
    expect(frameProblems("P4ErrorFrame", JSON.parse(frame))).toEqual([]);
  });

  it("is what the Go library writes", () => {
    const frame = encodeErrorMessage(report, "dpp");
    expect(frame.endsWith("}\n")).toBe(true);
    expect(Object.keys(JSON.parse(frame) as object)).toEqual([
      "correlationId",
      "appId",
      "userId",
      "type",
      "originType",
      "originBody",
      "errorBody",
      "channelId",
      "clientId",
      "headers",
    ]);
    expect(JSON.parse(frame)).toMatchObject({
      errorBody: { Title: "illegal channel id", ErrCode: "WIRE_CHANNEL_ID" },
      clientId: "conn1",
    });
    expect(frameProblems("DppErrorFrame", JSON.parse(frame))).toEqual([]);
  });

  it.each(["p4", "dpp", "both", "bothGo"] as const)("is read back by a client, %s", (encoding) => {
    const result = decodeFrame(encodeErrorMessage(report, encoding), { maxBytes: 10_000 });
    const read = result.ok ? readErrorMessage(result.message) : null;
    const { title, description, errCode, originKey, originBodyText, correlationId, channelId } = report;
    expect(read).toMatchObject({ title, description, errCode, originKey, originBodyText, correlationId, channelId });
  });

  it("serves a peer that has not spoken with names that either library reads", () => {
    expect(JSON.parse(encodeErrorMessage(report, "both"))).toMatchObject({
      key: "error",
      type: "error",
      originKey: "payment",
      originType: "payment",
    });
  });

  it("names the refused message when it had no correlation id", () => {
    const origin = { key: "payment", messageId: "m1", correlationId: "", bodyText: null };
    expect(errorReport({ ...report, origin, timestampMs: 0 }).correlationId).toBe("m1");
  });

  it("stays under the Go wallet's frame limit of 10,000 bytes", () => {
    const large = { ...report, originBodyText: `"${"a".repeat(20_000)}"` };
    expect(encodeErrorMessage(large, "dpp").length).toBeLessThan(10_000);
    expect(encodeErrorMessage(large, "both").length).toBeLessThan(10_000);
    expect(encodeErrorMessage(large, "p4").length).toBeGreaterThan(20_000);
  });

  it("has a title and a rule for every code", () => {
    for (const { title, rule } of Object.values(wireErrors)) {
      expect(title).not.toBe("");
      expect(rule).not.toBe("");
    }
  });

  it("is not read out of another message", () => {
    const result = decodeFrame('{"key":"payment","errorBody":{"title":"x"}}', { maxBytes: 1_000 });
    expect(result.ok && readErrorMessage(result.message)).toBeNull();
  });
});
