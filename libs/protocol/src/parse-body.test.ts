import { ackOutcome, parseBody } from "@p4/protocol";
import { describe, expect, it } from "vitest";

describe("a body", () => {
  it.each([
    ["none", "payment", null, "none"],
    ["of no known vocabulary", "payment", '{"x":1}', "opaque"],
    ["that is text", "payment", '"aaa"', "opaque"],
    ["of a message without a documented body", "channel.expired", '{"rawTx":5}', "opaque"],
    [
      "with unknown members at every level",
      "payment",
      '{"rawTx":"00","new":1,"merchantData":{"id":1,"new":{}}}',
      "dpp.payment",
    ],
    [
      "with Go's nulls",
      "payment",
      '{"rawTx":"00","ancestry":null,"merchantData":null,"proofCallbacks":null}',
      "dpp.payment",
    ],
    ["with a merchantData text", "payment", '{"transaction":"00","merchantData":"ref"}', "bip270.payment"],
    ["that is an envelope", "proof.create", '{"payload":"{}","signature":null}', "jsonEnvelope"],
  ])("%s", (_, key, bodyText, form) => {
    expect(parseBody(key, bodyText)).toMatchObject({ ok: true, body: { form } });
  });

  it.each([
    ["broken JSON", "payment", "{", "WIRE_NOT_JSON", "body"],
    ["deep nesting", "payment", `{"rawTx":"00","a":${"[".repeat(100)}${"]".repeat(100)}}`, "WIRE_TOO_DEEP", "body"],
    ["a transaction that is a number", "payment", '{"rawTx":5}', "WIRE_BODY", "body.rawTx"],
    ["a transaction that is not hexadecimal", "payment", '{"rawTx":"zz"}', "WIRE_BODY", "body.rawTx"],
    ["a transaction with half a byte", "payment", '{"transaction":"000"}', "WIRE_BODY", "body.transaction"],
    [
      "a parent deep inside",
      "payment",
      '{"spvEnvelope":{"parents":{"ab":{"rawTx":1}}}}',
      "WIRE_BODY",
      "body.spvEnvelope.parents.ab.rawTx",
    ],
    [
      "a refund address of 101 characters",
      "payment",
      `{"rawTx":"00","refundTo":"${"a".repeat(101)}"}`,
      "WIRE_BODY",
      "body.refundTo",
    ],
    [
      "a fraction of a satoshi",
      "paymentrequest.response",
      '{"outputs":[{"amount":1.5,"script":"00"}]}',
      "WIRE_BODY",
      "body.outputs[0].amount",
    ],
    [
      "a negative amount",
      "paymentrequest.response",
      '{"destinations":{"outputs":[{"amount":-1,"script":"00"}]}}',
      "WIRE_BODY",
      "body.destinations.outputs[0].amount",
    ],
    [
      "a payment URL of 4001 characters",
      "paymentrequest.response",
      `{"outputs":[],"paymentUrl":"${"a".repeat(4001)}"}`,
      "WIRE_BODY",
      "body.paymentUrl",
    ],
  ])("is refused for %s", (...[, key, bodyText, code, field]) => {
    expect(parseBody(key, bodyText)).toMatchObject({ ok: false, error: { code, field } });
  });

  it("is refused with a rule in plain words", () => {
    const rules = [
      '{"rawTx":"zz"}',
      '{"rawTx":5}',
      `{"rawTx":"00","refundTo":"${"a".repeat(101)}"}`,
      '{"rawTx":"00","memo":1}',
    ];
    expect(
      rules.map((bodyText) => {
        const result = parseBody("payment", bodyText);
        return result.ok ? null : result.error.rule;
      }),
    ).toEqual([
      "must be hexadecimal, two digits for each byte",
      "must be hexadecimal, two digits for each byte",
      "at most 100 characters",
      expect.stringMatching(/^must be .*null$/),
    ]);
  });

  it("may hold a transaction of ten megabytes", () => {
    expect(parseBody("payment", JSON.stringify({ rawTx: "ab".repeat(5_000_000) })).ok).toBe(true);
  });
});

describe("the outcome of an ack", () => {
  it.each([
    [null, true, null],
    ["{}", true, null],
    ['{"error":0,"memo":"thank you"}', true, "thank you"],
    ['{"id":"","tx_id":"","memo":"","peer_channel":null}', true, ""],
    ['{"error":null}', true, null],
    ['{"error":1,"memo":"expired"}', false, "expired"],
    ['{"error":2147483648}', false, null],
    ['{"error":"1"}', false, null],
    ['{"error":true}', false, null],
    ['"text"', true, null],
  ])("%s", (bodyText, accepted, memo) => {
    expect(ackOutcome(bodyText)).toEqual({ accepted, memo });
  });
});
