import { decodeFrame, encodeMessage, frameProblems, messageKeys, type Encoding, type Message } from "@p4/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const limits = { maxBytes: 10_000_000 };

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 60 }), fc.uuid());
const time = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
// Numbers that a parser would round, spaces that a serializer would drop.
const bodyText = fc.oneof(
  fc.constantFrom(
    "12345678901234567890",
    "1.0",
    "-0",
    "1E400",
    '{"a":1.0, "a":2}',
    '"\\ud800"',
    '{"__proto__":{"a":[]}}',
  ),
  fc.tuple(fc.jsonValue({ maxDepth: 5 }), fc.nat(2)).map(([value, indent]) => JSON.stringify(value, null, indent)),
);
const wrapperNames =
  /^(id|key|type|body|headers|mess?ageid|correlationid|channelid|timestamp|expiration|appid|userid|clientid)$/i;
const extraName = fc
  .oneof(text, fc.constantFrom("__proto__", "constructor", "toString", "1"))
  .filter((name) => !wrapperNames.test(name));

const message: fc.Arbitrary<Message> = fc.record({
  key: fc.constantFrom(...messageKeys),
  id: text,
  messageId: text,
  correlationId: text,
  channelId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  timestamp: fc.option(time),
  expiration: fc.option(time),
  headers: fc.uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1, maxLength: 3 })), {
    selector: ([name]) => name,
  }),
  appId: text,
  userId: text,
  clientId: text,
  bodyText: fc.option(bodyText.filter((json) => json !== "null")),
  extra: fc.uniqueArray(fc.tuple(extraName, bodyText), { selector: ([name]) => name, maxLength: 4 }),
});

function afterTrip(sent: Message, encoding: Encoding): Message | undefined {
  const result = decodeFrame(encodeMessage(sent, encoding), limits);
  return result.ok ? result.message : undefined;
}

describe("a message that is encoded and decoded again", () => {
  it("is the same in the dpp dialect, but for an id that says nothing new", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(afterTrip(sent, "dpp")).toEqual(sent.id === sent.messageId ? { ...sent, id: "" } : sent);
      }),
      { numRuns: 500 },
    );
  });

  it("is the same in the p4 dialect, several values of a header in one text, without the connection's id", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const headers = sent.headers.map(([name, values]) => [name, [values.join(", ")]]);
        expect(afterTrip(sent, "p4")).toEqual({ ...sent, headers, clientId: "" });
      }),
      { numRuns: 500 },
    );
  });

  it("is the same to a peer whose dialect is not known: headers in one text, or as lists for Go", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const headers = sent.headers.map(([name, values]) => [name, [values.join(", ")]]);
        expect(afterTrip(sent, "both")).toEqual({ ...sent, headers });
        expect(afterTrip(sent, "bothGo")).toEqual(sent);
      }),
      { numRuns: 500 },
    );
  });

  it("is written as its schema says", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(frameProblems("P4Frame", JSON.parse(encodeMessage(sent, "p4")))).toEqual([]);
        expect(frameProblems("DppFrame", JSON.parse(encodeMessage(sent, "dpp")))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("crosses from one dialect to the other and back with its body untouched", () => {
    const frame =
      '{"key":"payment","body":{ "n":12345678901234567890,"f":1.0 },"headers":{"X-Origin-Id":"w"},"more":1.0}';
    const first = decodeFrame(frame, limits);
    const dpp = first.ok ? encodeMessage(first.message, "dpp") : "";
    expect(dpp).toContain('"body":{ "n":12345678901234567890,"f":1.0 },');
    expect(dpp).toContain('"headers":{"X-Origin-Id":["w"]}');
    const second = decodeFrame(dpp, limits);
    expect(second).toEqual({ ...first, dialect: "dpp" });
  });
});
