import { afterEach, describe, expect, it, vi } from "vitest";
import { withEdgeProgram } from "./test-support/edge-program.ts";
import { newChannelId, type Answer } from "./test-support/edge-server.ts";
import { opcodes, RawWallet } from "./test-support/raw-wallet.ts";
import { unsignedEnvelope } from "./test-support/vectors.ts";
import type { Wallet } from "./test-support/wallet.ts";

const program = withEdgeProgram();
afterEach(() => program.expectHealthy());

const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

/** JSON that is odd, but JSON: it passes as it is, and nothing of it sticks to the server. */
const oddBodies: readonly (readonly [name: string, body: string])[] = [
  ["scripts, emoji, direction marks", '{"memo":"寿司 🍣 שלום \u202e abc é e\u0301"}'],
  ["line separators and escapes", '{"memo":"\u2028\u2029 \\u2028 \\u0000 \\/ \\" \u007f"}'],
  ["an escaped lone surrogate", '{"memo":"\\ud800 and \\udc00"}'],
  ["numbers beyond 2^53", '{"n":[9007199254740993,-9223372036854775809,123456789012345678901234567890]}'],
  ["numbers that no double holds", '{"n":[1.0,1E400,-0,0.1000000000000000000001,1e-999]}'],
  [
    "members of the object prototype",
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}',
  ],
  ["the same member twice", '{"a":1,"a":2,"\\u0061":3}'],
  ["nesting within bounds", `{"a":${deep(50)}}`],
  ["space and order", '{ "z" :\t1 ,\n"a":[ ] , "10":1, "9":2 }'],
];

async function meet(): Promise<{ id: string; merchant: Wallet; customer: Wallet }> {
  const id = newChannelId();
  const merchant = await program.server.join(`${id}?role=merchant&dialect=p4`);
  const customer = await program.server.join(`${id}?role=customer&dialect=dpp`);
  return { id, merchant, customer };
}

describe("over the socket", () => {
  it.each(oddBodies)("%s: relayed as it is", async (_, body) => {
    const { merchant, customer } = await meet();
    customer.send(`{"type":"payment","messageId":"m1","headers":{"__proto__":["x"]},"body":${body}}\n`);
    const text = await merchant.hearText("payment");
    expect(text).toContain(`"body":${body},"messageId":"m1"`);
    expect(text).toContain('"headers":{"__proto__":"x",');
    expect(text).not.toContain('"polluted":1,"');
  });

  it.each([
    ["a member twice", '{"key":"payment","key":"payment.ack"}', /^WIRE_DUPLICATE/],
    ["a member twice by case", '{"key":"payment","channelID":"a","channelId":"b"}', /^WIRE_DUPLICATE/],
    ["a member twice by an escape", '{"key":"payment","k\\u0065y":"payment"}', /^WIRE_DUPLICATE/],
    ["deep nesting", `{"key":"payment","body":${deep(100_000)}}`, /^WIRE_TOO_DEEP/],
    ["nesting that never closes", `{"key":"payment","body":${"[".repeat(500_000)}`, /^WIRE_(TOO_DEEP|NOT_JSON)/],
    ["a key of the object prototype", '{"key":"__proto__"}', /^WIRE_KEY_UNKNOWN/],
    ["another key of it", '{"type":"constructor"}', /^WIRE_KEY_UNKNOWN/],
    ["a channel of it", '{"key":"payment","channelID":"__proto__"}', /^EDGE_OTHER_CHANNEL/],
    ["a number for an id", '{"key":"payment","messageId":9007199254740993}', /^WIRE_MEMBER_TYPE/],
    ["an id without end", `{"key":"payment","messageId":"${"x".repeat(100_000)}"}`, /^WIRE_/],
    ["headers without end", `{"key":"payment","headers":{"a":"${"x".repeat(900_000)}","b":5}}`, /^WIRE_/],
    ["a raw control character", '{"key":"payment","messageId":"\u0001"}', /^WIRE_NOT_JSON/],
    ["a byte order mark", '\ufeff{"key":"payment"}', /^WIRE_NOT_JSON/],
    ["a number that is none", '{"key":"payment","body":01}', /^WIRE_NOT_JSON/],
    ["two texts", '{"key":"payment"}{"key":"payment"}', /^WIRE_NOT_JSON/],
  ])("%s: refused with a code, to the sender alone", async (_, frame, code) => {
    const { merchant, customer } = await meet();
    customer.send(frame);
    const { errorBody } = await customer.hear("error");
    expect(errorBody).toMatchObject({ ErrCode: expect.stringMatching(code), Description: expect.stringMatching(/\w/) });
    customer.send({ type: "payment", messageId: "after", body: null });
    expect(await merchant.hear("payment")).toMatchObject({ messageId: "after" });
    expect(merchant.keys).toEqual(["join.success", "payment"]);
  });

  it.each([
    ["a lone surrogate", Buffer.from([0xed, 0xa0, 0x80])],
    ["an overlong form", Buffer.from([0xc0, 0xaf])],
    ["a byte that is none", Buffer.from([0xff])],
  ])("%s in UTF-8: that socket closes, and no peer hears it", async (_, bytes) => {
    const { id, merchant } = await meet();
    const raw = await RawWallet.join(program.server.httpUrl, `/ws/${id}?role=customer&dialect=p4`);
    raw.send(opcodes.text, Buffer.concat([Buffer.from('{"key":"payment","body":"'), bytes, Buffer.from('"}')]));
    await vi.waitFor(() => expect(raw.isClosed).toBe(true));
    expect(merchant.keys).toEqual(["join.success"]);
  });
});

/** Every refusal says what it is: a problem with a code, or the deployed proxy's errors by field. */
function expectTyped(answer: Answer, ...statuses: number[]): void {
  expect({ ...answer, ok: statuses.includes(answer.status) }).toMatchObject({ ok: true });
  const body = JSON.parse(answer.text) as { code?: unknown; errors?: unknown };
  if (body.errors === undefined) expect(body.code).toMatch(/^[A-Z0-9_]+$/);
  else
    expect(
      Object.values(body.errors as object)
        .flat()
        .join(""),
    ).toMatch(/\w/);
}

const txid = "ab".repeat(32);

describe("over HTTP", () => {
  it.each(oddBodies)("a payment with %s: passed through as it is", async (_, body) => {
    const { id, merchant } = await meet();
    const text = `{"rawTx":"00","extra":${body}}`;
    const early = await program.server.post(`/api/v1/payment/${id}`, text, { prefer: "wait=0" });
    expect(early.status).toBe(202);
    expect(await merchant.hearText("payment")).toContain(`"body":${text},`);
  });

  it.each([
    [
      "a transaction that is a number",
      '{"rawTx":9007199254740993}',
      "body.rawTx: must be hexadecimal, two digits for each byte or null",
    ],
    [
      "a transaction in the prototype",
      '{"__proto__":{"rawTx":"00"}}',
      "body: has none of modeId, mode, transaction, rawTx, ancestry, spvEnvelope",
    ],
    [
      "a name that no header may have",
      '{"RAW\\u000d\\u000aTX":"00","spvEnvelope":{"parents":{"\\u000d\\u000ax-a: b":1}}}',
      'body.spvEnvelope.parents["\\r\\nx-a: b"]: must be an object or null',
    ],
  ])("a payment with %s: passed through, and its sender is told", async (_, body, warning) => {
    const { id, merchant } = await meet();
    const early = await program.server.post(`/api/v1/payment/${id}`, body, { prefer: "wait=0" });
    expect([early.status, early.headers.get("x-p4-warning")]).toEqual([202, warning]);
    expect(await merchant.hearText("payment")).toContain(`"body":${body},`);
  });

  it.each([
    ["not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d])],
    ["deep nesting", `{"rawTx":${deep(100_000)}}`],
    ["not JSON", '{"rawTx":"00"'],
  ])("a payment with %s: 400 by field", async (_, body) => {
    const { id, merchant } = await meet();
    expectTyped(await program.server.post(`/api/v1/payment/${id}`, body, { prefer: "wait=0" }), 400);
    expect(merchant.keys).toEqual(["join.success"]);
  });

  const proof = { index: 9007199254740993, txOrId: txid, target: txid, nodes: [] };
  const callback = { callbackPayload: proof, callbackTxId: txid, callbackReason: "merkleProof" };
  it.each([
    ["the same member twice", unsignedEnvelope(callback).replace("{", '{"payload":"x",')],
    ["the same member twice inside", unsignedEnvelope(callback).replace("{\\", '{\\"callbackTxId\\":\\"\\",\\')],
    ["a member of the prototype", unsignedEnvelope(callback).replace("{", '{"__proto__":{},')],
    ["a number beyond 2^53", unsignedEnvelope(callback)],
    ["deep nesting", `{"payload":${deep(100_000)}}`],
    ["deep nesting inside", JSON.stringify({ payload: deep(100_000), signature: null, publicKey: null })],
    ["a lone surrogate for a payload", '{"payload":"\\ud800","signature":null,"publicKey":null,"encoding":"UTF-8"}'],
    ["not UTF-8", new Uint8Array([0x7b, 0xed, 0xa0, 0x80, 0x7d])],
    ["a batch of nothing", '{"count":0,"callbacks":[]}'],
  ])("a proof with %s: 400 with a code", async (_, body) => {
    const { id, merchant } = await meet();
    expectTyped(await program.server.post(`/proofs/${txid}?i=${id}`, body), 400);
    expect((await program.server.get(`/proofs/${txid}`)).status).toBe(404);
    expect(merchant.keys).toEqual(["join.success"]);
  });

  it.each([
    ["/proofs/__proto__?i=inv", 400],
    [`/proofs/${txid}?i=__proto__`, 404],
    [`/proofs/${txid}?i=%ff%fe`, 400],
    [`/proofs/${txid}?i=${"x".repeat(1_000)}`, 400],
    [`/proofs/${txid}?i=a&i=b&__proto__[i]=c`, 404],
    [`/proofs/${txid}`, 400],
    ["/proofs/%E0%A4%A?i=inv", 400],
    ["/callbacks?i=constructor", 400],
  ])("POST %s: %i", async (path, status) => {
    expectTyped(await program.server.post(path, unsignedEnvelope(callback)), status, 400);
  });

  it.each([
    "/api/v1/payment/%00",
    "/api/v1/payment/__proto__",
    `/api/v1/payment/${"x".repeat(1_000)}`,
    "/api/v1/payment/a/answers/__proto__",
    "/channels/constructor/events",
    "/ws/%ff",
    "/ws/a?role=__proto__",
    "/proofs/toString",
  ])("GET %s: a typed refusal", async (path) => {
    expectTyped(await program.server.get(path), 400, 404, 426);
  });

  it("odd headers: judged, or passed over", async () => {
    const { id } = await meet();
    const path = `/api/v1/payment/${id}`;
    expectTyped(await program.server.post(path, '{"rawTx":"00"}', { "idempotency-key": "k".repeat(300) }), 400);
    const waits = ["wait=0;__proto__=1", "wait=00", "respond-async, wait=0, wait=99999999999999999999"];
    for (const prefer of waits) expect((await program.server.get(path, { prefer })).status).toBe(202);
    expectTyped(await program.server.get(`/channels/${id}/events`, { "last-event-id": "9".repeat(400) }), 400);
  });
});
