import { decodeFrame, describeWireError, type WireErrorCode } from "@p4/protocol";
import { describe, expect, it } from "vitest";

const limits = { maxBytes: 10_000 };

function refusal(frame: string, given = limits) {
  const result = decodeFrame(frame, given);
  return result.ok ? null : { code: result.error.code, field: result.error.field };
}

function decoded(frame: string) {
  const result = decodeFrame(frame, limits);
  if (!result.ok) throw new Error(describeWireError(result.error));
  return result;
}

describe("a frame that is refused", () => {
  it.each<[string, string, WireErrorCode, string | null]>([
    ["an empty frame", "", "WIRE_NOT_JSON", null],
    ["text", "hello", "WIRE_NOT_JSON", null],
    ["half a frame", '{"key":"payment"', "WIRE_NOT_JSON", null],
    ["a frame and more", '{"key":"payment"} x', "WIRE_NOT_JSON", null],
    ["a broken body", '{"key":"payment","body":{"a":01}}', "WIRE_NOT_JSON", null],
    ["a lone surrogate in the body", '{"key":"payment","body":"\ud800"}', "WIRE_NOT_JSON", null],
    ["null", "null", "WIRE_NOT_OBJECT", null],
    ["an array", "[1]", "WIRE_NOT_OBJECT", null],
    ["a number", " 5 ", "WIRE_NOT_OBJECT", null],
    ["a JSON text", '"a"', "WIRE_NOT_OBJECT", null],
    ["no key", "{}", "WIRE_KEY_MISSING", "key"],
    ["an empty key", '{"key":""}', "WIRE_KEY_MISSING", "key"],
    ["a null type", '{"type":null}', "WIRE_KEY_MISSING", "key"],
    ["an unknown key", '{"key":"foo.bar"}', "WIRE_KEY_UNKNOWN", "key"],
    ["a key of the object prototype", '{"type":"constructor"}', "WIRE_KEY_UNKNOWN", "type"],
    ["a key that is a number", '{"type":5}', "WIRE_MEMBER_TYPE", "type"],
    ["key and type that disagree", '{"key":"payment","type":"payment.ack"}', "WIRE_KEY_CONFLICT", "type"],
    ["an id that is an object", '{"key":"payment","messageId":{}}', "WIRE_MEMBER_TYPE", "messageId"],
    ["an id that is a list", '{"key":"payment","correlationID":[]}', "WIRE_MEMBER_TYPE", "correlationID"],
    ["a long id", `{"key":"payment","messageId":"${"a".repeat(257)}"}`, "WIRE_MEMBER_TOO_LONG", "messageId"],
    ["a member twice", '{"key":"payment","body":1,"body":2}', "WIRE_DUPLICATE_MEMBER", "body"],
    [
      "a member in two cases",
      '{"key":"payment","channelID":"a","channelId":"b"}',
      "WIRE_DUPLICATE_MEMBER",
      "channelId",
    ],
    [
      "a member hidden by a long s",
      '{"key":"payment","messageId":"a","me\u017f\u017fageId":"b"}',
      "WIRE_DUPLICATE_MEMBER",
      "me\u017f\u017fageId",
    ],
    ["a member hidden by an escape", '{"key":"payment","bod\\u0079":1,"body":2}', "WIRE_DUPLICATE_MEMBER", "body"],
    ["an unknown member twice", '{"key":"payment","x":1,"x":2}', "WIRE_DUPLICATE_MEMBER", "x"],
    ["a channel id with a dot", '{"key":"payment","channelID":"a.b"}', "WIRE_CHANNEL_ID", "channelID"],
    ["a channel id with a wildcard", '{"type":"payment","channelId":">"}', "WIRE_CHANNEL_ID", "channelId"],
    ["an empty time, dpp", '{"type":"payment","timestamp":""}', "WIRE_TIME", "timestamp"],
    ["an empty expiration, dpp", '{"type":"payment","expiration":""}', "WIRE_TIME", "expiration"],
    ["a day that is none", '{"key":"payment","timestamp":"2026-02-29T00:00:00Z"}', "WIRE_TIME", "timestamp"],
    ["headers that are text", '{"key":"payment","headers":"a"}', "WIRE_MEMBER_TYPE", "headers"],
    ["a header that is a number", '{"key":"payment","headers":{"X-A":1}}', "WIRE_MEMBER_TYPE", "headers.X-A"],
    ["a header list with a number", '{"key":"payment","headers":{"X-A":["a",1]}}', "WIRE_MEMBER_TYPE", "headers.X-A"],
    ["a header twice", '{"key":"payment","headers":{"a":"1","a":"2"}}', "WIRE_DUPLICATE_MEMBER", "headers.a"],
  ])("%s", (_, frame, code, field) => {
    expect(refusal(frame)).toEqual({ code, field });
  });

  it("is too large, counted in bytes of UTF-8", () => {
    const frame = (text: string) => `{"key":"payment","body":"${text}"}`;
    const size = new TextEncoder().encode(frame("é€😀")).length;
    expect(refusal(frame("é€😀"), { maxBytes: size })).toBeNull();
    expect(refusal(frame("é€😀"), { maxBytes: size - 1 })).toEqual({ code: "WIRE_TOO_LARGE", field: null });
  });

  it("is nested deeper than 64 levels, itself the first", () => {
    const frame = (depth: number) => `{"key":"payment","body":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(refusal(frame(63))).toBeNull();
    expect(refusal(frame(64))).toEqual({ code: "WIRE_TOO_DEEP", field: null });
    expect(refusal(frame(4_000))).toEqual({ code: "WIRE_TOO_DEEP", field: null });
  });

  it("still tells what it was, for the error message to its sender", () => {
    const result = decodeFrame(
      '{"type":"payment","messageId":"m","correlationId":"c","channelId":"a b","body":{"x":1}}',
      limits,
    );
    expect(result).toMatchObject({
      ok: false,
      origin: { key: "payment", messageId: "m", correlationId: "c", bodyText: '{"x":1}', dialect: "dpp" },
    });
  });
});

describe("a frame that is accepted", () => {
  it("is the document's wrapper", () => {
    const { message, dialect } = decoded(
      '{"id":"uuid","key":"payment","body":{"a":12345678901234567890, "b":1.0},"messageId":"abc123","correlationID":"c1",' +
        '"timestamp":"2019-10-12T07:20:50.52Z","headers":{"myheader":"value"},"expiration":"2019-10-12T07:20:50.52Z",' +
        '"channelID":"abc123","appId":"p4/payd","userId":"u"}',
    );
    expect(dialect).toBe("p4");
    expect(message).toEqual({
      key: "payment",
      id: "uuid",
      messageId: "abc123",
      correlationId: "c1",
      channelId: "abc123",
      timestamp: "2019-10-12T07:20:50.52Z",
      expiration: "2019-10-12T07:20:50.52Z",
      headers: [["myheader", ["value"]]],
      appId: "p4/payd",
      userId: "u",
      clientId: "",
      bodyText: '{"a":12345678901234567890, "b":1.0}',
      extra: [],
    });
  });

  it("has members in any case, as Go reads them", () => {
    const { message, dialect } = decoded('{"TYPE":"payment","channelID":"inv1","correlationID":"c","CLIENTID":"x"}');
    expect(dialect).toBe("dpp");
    expect(message).toMatchObject({ key: "payment", channelId: "inv1", correlationId: "c", clientId: "x" });
  });

  it("has key and type that agree: the document's dialect", () => {
    expect(decoded('{"type":"payment","key":"payment"}').dialect).toBe("p4");
  });

  it("leaves out or nulls what it does not know", () => {
    const { message } = decoded('{"type":"payment","messageId":null,"expiration":null,"headers":null,"body":null}');
    expect(message).toMatchObject({ messageId: "", channelId: "", expiration: null, timestamp: null, bodyText: null });
    expect(message.headers).toEqual([]);
  });

  it("has an empty time for none, in the document's dialect", () => {
    expect(decoded('{"key":"payment","timestamp":"","expiration":""}').message).toMatchObject({
      timestamp: null,
      expiration: null,
    });
  });

  it("keeps unknown members as text, those named like object internals too", () => {
    const { message } = decoded('{"key":"payment","__proto__":{"polluted":true},"n":1.0,"constructor":null}');
    expect(message.extra).toEqual([
      ["__proto__", '{"polluted":true}'],
      ["n", "1.0"],
      ["constructor", "null"],
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("keeps header order, numbers as names, and empty lists", () => {
    const { message } = decoded('{"type":"payment","headers":{"b":["2","3"],"1":[],"__proto__":"x","a":null}}');
    expect(message.headers).toEqual([
      ["b", ["2", "3"]],
      ["1", []],
      ["__proto__", ["x"]],
      ["a", []],
    ]);
  });
});
