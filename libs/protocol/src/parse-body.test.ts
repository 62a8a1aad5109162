import { parseBody, warningText } from "@p4/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

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
    ["broken JSON", "payment", "{", "WIRE_NOT_JSON"],
    ["nothing at all", "payment", "", "WIRE_NOT_JSON"],
    ["deep nesting", "payment", `{"rawTx":"00","a":${"[".repeat(100)}${"]".repeat(100)}}`, "WIRE_TOO_DEEP"],
  ])("is refused for %s", (...[, key, bodyText, code]) => {
    expect(parseBody(key, bodyText)).toMatchObject({ ok: false, error: { code, field: "body" } });
  });

  const payment = "payment";
  const terms = "paymentrequest.response";
  it.each([
    [
      "a transaction that is a number",
      payment,
      '{"rawTx":5}',
      "body.rawTx: must be hexadecimal, two digits for each byte or null",
    ],
    [
      "a transaction in base64",
      payment,
      '{"transaction":"AQA="}',
      "body.transaction: must be hexadecimal, two digits for each byte",
    ],
    [
      "a transaction as a list of bytes",
      payment,
      '{"transaction":[1,2]}',
      "body.transaction: must be hexadecimal, two digits for each byte",
    ],
    [
      "a mode under its id",
      payment,
      '{"modeId":"a","mode":{"a":{"transactions":[]}}}',
      "body.mode.transactions: must be a list",
    ],
    ["a mode that is text", payment, '{"modeId":"a","mode":"b"}', "body.mode: must be an object"],
    [
      "a parent deep inside",
      payment,
      '{"spvEnvelope":{"parents":{"ab":{"rawTx":1}}}}',
      "body.spvEnvelope.parents.ab.rawTx: must be hexadecimal, two digits for each byte or null",
    ],
    [
      "a refund address of 101 characters",
      payment,
      `{"rawTx":"00","refundTo":"${"a".repeat(101)}"}`,
      "body.refundTo: at most 100 characters",
    ],
    ["a memo that is a number", payment, '{"rawTx":"00","memo":1}', "body.memo: must be text or null"],
    ["a misspelled member", payment, '{"rawtx":"00"}', "body.rawtx: is spelled rawTx"],
    ["a member with another separator", payment, '{"raw_tx":"00"}', "body.raw_tx: is spelled rawTx"],
    [
      "no known member",
      payment,
      '{"x":1}',
      "body: has none of modeId, mode, transaction, rawTx, ancestry, spvEnvelope",
    ],
    ["a list", payment, "[]", "body: must be an object"],
    ["text", payment, '"00"', "body: must be an object"],
    [
      "modes as a list",
      terms,
      '{"modes":[{"mode":"HybridPaymentMode","outputs":[]}],"outputs":[]}',
      "body.modes: must be an object",
    ],
    [
      "an open amount",
      terms,
      '{"outputs":[{"script":"00"}]}',
      "body.outputs[0].amount: must be a whole number, 0 or more",
    ],
    [
      "an amount in text",
      terms,
      '{"outputs":[{"amount":"5","script":"00"}]}',
      "body.outputs[0].amount: must be a whole number, 0 or more",
    ],
    [
      "a negative amount",
      terms,
      '{"destinations":{"outputs":[{"amount":-1,"script":"00"}]}}',
      "body.destinations.outputs[0].amount: must be a whole number, 0 or more",
    ],
    [
      "an output with an address",
      terms,
      '{"outputs":[{"amount":5,"address":"1abc"}]}',
      "body.outputs[0].script: must be hexadecimal, two digits for each byte",
    ],
    [
      "a payment URL of 4001 characters",
      terms,
      `{"outputs":[],"paymentUrl":"${"a".repeat(4001)}"}`,
      "body.paymentUrl: at most 4000 characters",
    ],
    [
      "a payment URL that is an object",
      terms,
      '{"outputs":[],"paymentUrl":{}}',
      "body.paymentUrl: must be text or null",
    ],
    ["a capital", "payment.ack", '{"Error":1}', "body.Error: is spelled error"],
  ])("with %s passes as opaque, and its sender is told", (...[, key, bodyText, expected]) => {
    const result = parseBody(key, bodyText);
    expect(result).toMatchObject({ ok: true, body: { form: "opaque" } });
    expect(result.ok && result.warning !== null && warningText(result.warning)).toBe(expected);
  });

  it.each([
    ["payment", '{"beef":"00","reference":"r"}'],
    ["payment", "{}"],
    ["payment", '{"rawTx":"00"}'],
    ["payment.ack", '{"success":true}'],
    ["paymentrequest.response", '{"payload":"{}","signature":null,"publicKey":null}'],
    ["paymentrequest.create", '{"x":1}'],
  ])("%s %s: there is nothing to say", (key, bodyText) => {
    expect(parseBody(key, bodyText)).toMatchObject({ ok: true, warning: null });
  });

  it("is never told of in the names of types", () => {
    const odd = fc.constantFrom<unknown>(
      1,
      -1,
      0.5,
      "zz",
      "a".repeat(4_001),
      true,
      null,
      [],
      {},
      [1],
      ["zz"],
      { a: 1 },
      [{}],
    );
    const members = fc.constantFrom(
      ...[
        "modes",
        "outputs",
        "destinations",
        "mode",
        "modeId",
        "transaction",
        "rawTx",
        "spvEnvelope",
        "ancestry",
        "memo",
      ],
      ...["merchantData", "fees", "proofCallbacks", "payment", "peer_channel", "tx_id", "error", "code", "payload"],
      ...["beneficiary", "refundTo", "creationTimestamp", "signature", "spvRequired", "transactions", "optionId", "id"],
    );
    const body = fc.dictionary(
      members,
      fc.oneof(odd, fc.dictionary(members, fc.oneof(odd, fc.array(fc.dictionary(members, odd))))),
    );
    const key = fc.constantFrom("payment", "payment.ack", "payment.error", "paymentrequest.response", "proof.create");
    let told = 0;
    fc.assert(
      fc.property(key, body, (name, value) => {
        const result = parseBody(name, JSON.stringify(value));
        if (!result.ok || result.warning === null) return;
        told++;
        expect(result.warning.rule).toMatch(
          /^(must be (an object|a list|text|null|true or false|a number|a whole number, 0 or more|hexadecimal, two digits for each byte| or )+|at most \d+ characters|is spelled \w+|has none of [\w, ]+)$/,
        );
        expect(warningText(result.warning)).not.toMatch(/__type|[A-Z][a-z]+[A-Z]\w*[<>|]|Array|undefined|[<>|{}]/);
      }),
      { numRuns: 500 },
    );
    expect(told).toBeGreaterThan(200);
  });

  it("is told of in printable ASCII, at a length that a header may have", () => {
    const result = parseBody(
      "payment",
      JSON.stringify({ spvEnvelope: { parents: { ["\r\n\u00e9".repeat(200)]: 1 } } }),
    );
    const text = result.ok && result.warning !== null ? warningText(result.warning) : "";
    expect(text).toMatch(/^[\x20-\x7e]{200}$/);
  });

  it("may hold a transaction of ten megabytes", () => {
    expect(parseBody("payment", JSON.stringify({ rawTx: "ab".repeat(5_000_000) })).ok).toBe(true);
  });
});

it("gives the parsed body with what it was recognised as, so that nothing has to parse it again", () => {
  const json = (text: string | null, key = "payment"): unknown => {
    const result = parseBody(key, text);
    return result.ok ? result.json : result.error;
  };
  expect(json('{"rawTx":"00"}')).toEqual({ rawTx: "00" });
  expect(json('{"other":[1]}')).toEqual({ other: [1] });
  expect(json("[1]")).toEqual([1]);
  expect([json("null"), json(null)]).toEqual([null, null]);
});
