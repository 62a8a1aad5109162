import { ensure, ensureEqual, fail, type Check } from "../check.ts";
import type { Kit } from "../kit.ts";
import { payFlow } from "../pay-flow.ts";
import type { Peer } from "../peer.ts";
import { opcodes } from "../raw/web-socket-frames.ts";
import { until } from "../until.ts";

interface BadFrame {
  readonly id: string;
  readonly what: string;
  /** `%k` stands for the dialect's name of the key, `%c` for that of the channel's id. */
  readonly text: string;
  readonly source?: string;
}

const badFrames: readonly BadFrame[] = [
  { id: "not-json", what: "A frame that is not JSON", text: "{" },
  { id: "null-frame", what: "The frame null", text: "null", source: "defect 7" },
  { id: "array-frame", what: "A frame that is an array", text: "[]" },
  { id: "text-frame", what: "A frame that is a JSON text", text: '"payment"' },
  { id: "no-key", what: "A frame without a key", text: "{}" },
  { id: "unknown-key", what: "An unknown key", text: '{"%k":"payment.steal"}' },
  { id: "key-type", what: "A key that is no text", text: '{"%k":7}' },
  { id: "member-type", what: "A messageId that is an object", text: '{"%k":"payment","messageId":{}}' },
  { id: "bad-channel-id", what: "A channel id that is none", text: '{"%k":"payment","%c":"a.b>*"}' },
  { id: "bad-time", what: "A timestamp that is no time", text: '{"%k":"payment","timestamp":"noon"}' },
  { id: "bad-headers", what: "A list in place of headers", text: '{"%k":"payment","headers":[]}' },
  { id: "duplicate-member", what: "A member that occurs twice", text: '{"%k":"payment","%k":"payment.ack"}' },
  {
    id: "deep-nesting",
    what: "A body nested 5,000 deep",
    text: `{"%k":"payment","body":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
  },
  {
    id: "long-member",
    what: "A messageId of 10,000 characters",
    text: `{"%k":"payment","messageId":"${"x".repeat(10_000)}"}`,
  },
  { id: "trailing-text", what: "Something after the frame's end", text: '{"%k":"paymentrequest.create"}{}' },
];

export const badInputChecks: readonly Check[] = [
  ...badFrames.map(({ id, what, text, source }): Check => ({
    id: `bad-frame-${id}`,
    title: `${what} is answered with an error to its sender alone; the socket lives on`,
    source: source ?? "bad input",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.sendText(inDialect(text, kit));
      await expectRefused(merchant, customer);
    },
  })),
  {
    id: "bad-frame-binary",
    title: "A binary frame is answered with an error, or closed with 1003; no peer hears it",
    source: "bad input",
    needs: ["tcp"],
    run: (kit) => malformed(kit, opcodes.binary, new Uint8Array([0x7b, 0x7d, 0, 255]), [1003]),
  },
  {
    id: "bad-frame-utf8",
    title: "A text frame that is not UTF-8 is answered with an error, or closed with 1007; no peer hears it",
    source: "bad input; RFC 6455, 8.1",
    needs: ["tcp"],
    run: (kit) => malformed(kit, opcodes.text, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), [1006, 1007]),
  },
  {
    id: "prototype-pollution",
    title: "Member names like __proto__ change nothing",
    source: "bad input",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.sendText(
        inDialect('{"__proto__":{"%k":"payment.ack"},"constructor":{"prototype":{}},"%k":"no.such.key"}', kit),
      );
      await expectRefused(merchant, customer);
    },
  },
];

function inDialect(text: string, { target }: Kit): string {
  const isDocument = target.dialect === "p4";
  return text.replaceAll("%k", isDocument ? "key" : "type").replaceAll("%c", isDocument ? "channelID" : "channelId");
}

async function expectRefused(merchant: Peer, customer: Peer): Promise<void> {
  await customer.hear("error");
  await merchant.settle();
  ensureEqual(merchant.keys.join(), "join.success", "what the merchant heard");
  await payFlow(merchant, customer);
}

async function malformed(kit: Kit, opcode: number, payload: Uint8Array, closeCodes: readonly number[]): Promise<void> {
  const { channelId, merchant, customer } = await kit.meet();
  const peer = await kit.rawOn(channelId);
  await until(() => (peer.texts.length > 0 ? true : undefined), kit.waitMs);
  const before = peer.texts.length;
  peer.send(opcode, payload);
  const outcome = await until(
    () =>
      peer.texts.slice(before).some((text) => text.includes('"error"')) ? "error" : (peer.closedWith ?? undefined),
    kit.waitMs,
  );
  if (outcome === undefined) fail("it is neither answered nor closed");
  ensure(outcome === "error" || closeCodes.includes(outcome), `it is closed with ${outcome}`);
  await payFlow(merchant, customer);
  ensureEqual(merchant.keys.join(), "join.success,paymentrequest.create,payment", "what the merchant heard");
}
