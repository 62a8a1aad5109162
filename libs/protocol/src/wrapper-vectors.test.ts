import { readFileSync } from "node:fs";
import { decodeFrame, encodeMessage, frameProblems, messageSpec, parseBody, readErrorMessage } from "@p4/protocol";
import { describe, expect, it } from "vitest";

interface WrapperCase {
  readonly name: string;
  readonly group: string;
  readonly input: { readonly dialect: "go-sockets" | "seed"; readonly frame: string };
  readonly expected: {
    readonly verdict: "relay" | "ignore" | "reject" | "server-to-client";
    readonly choice?: boolean;
  };
}

interface FlowStep {
  readonly step: number;
  readonly frame?: string;
}

interface Vectors {
  readonly cases: readonly WrapperCase[];
  readonly flows: readonly { readonly name: string; readonly dialect: string; readonly steps: readonly FlowStep[] }[];
  readonly bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const vectors = JSON.parse(
  readFileSync(new URL("../../spv/vectors/dpp-messages.json", import.meta.url), "utf8"),
) as Vectors;
const limits = { maxBytes: 1_000_000 };

function verdictOf(frame: string): "relay" | "refuse" | "server-to-client" {
  const result = decodeFrame(frame, limits);
  if (!result.ok) return "refuse";
  if (result.message.key === "error") return "server-to-client";
  const fromPeer = messageSpec(result.message.key)?.from.some((sender) => sender !== "server") ?? false;
  return fromPeer && parseBody(result.message.key, result.message.bodyText).ok ? "relay" : "refuse";
}

describe("wrapper vectors", () => {
  const cases = vectors.cases.filter((candidate) => candidate.group === "wrapper");

  it("are there", () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases.map((candidate) => [candidate.name, candidate] as const))("%s", (name, { input, expected }) => {
    // A choice of ours: a frame without a channel id is meant for the joined channel.
    const ours = name === "wrapper-go-channel-missing" ? "relay" : expected.verdict;
    const wanted = ours === "ignore" || ours === "reject" ? "refuse" : ours;
    expect(verdictOf(input.frame)).toBe(wanted);
  });

  it.each(cases.filter((candidate) => candidate.expected.verdict === "server-to-client"))(
    "$name is understood by a client",
    ({ input }) => {
      const result = decodeFrame(input.frame, limits);
      const report = result.ok ? readErrorMessage(result.message) : null;
      expect(report).toMatchObject({ originKey: "payment", originBodyText: '{"x":1}', channelId: "inv0000001" });
      expect(report?.errCode).toMatch(/^(500|abc123)$/);
    },
  );
});

describe("flow vectors", () => {
  const frames = vectors.flows.flatMap((flow) =>
    flow.steps.flatMap(({ step, frame }) =>
      frame === undefined ? [] : [{ name: `${flow.name} ${step}`, flow, frame }],
    ),
  );

  it.each(frames)("$name: decoded and encoded again, nothing changes", ({ flow, frame }) => {
    const result = decodeFrame(frame, limits);
    expect(result).toMatchObject({ ok: true, dialect: flow.dialect === "seed" ? "p4" : "dpp" });
    if (!result.ok) return;
    const again = encodeMessage(result.message, result.dialect);
    expect(again).toBe(frame);
    expect(frameProblems(result.dialect === "p4" ? "P4Frame" : "DppFrame", JSON.parse(again))).toEqual([]);
    expect(parseBody(result.message.key, result.message.bodyText).ok).toBe(true);
  });

  it("are there", () => {
    expect(frames.length).toBeGreaterThan(15);
  });
});

describe("body vectors", () => {
  it.each([
    ["bip270", "paymentRequest", "paymentrequest.response", "bip270.paymentRequest"],
    ["bip270", "payment", "payment", "bip270.payment"],
    ["bip270", "paymentACK", "payment.ack", "bip270.paymentAck"],
    ["bip270", "paymentACKError", "payment.ack", "bip270.paymentAck"],
    ["p4v007", "paymentRequest", "paymentrequest.response", "dpp.paymentRequest"],
    ["p4v007", "payment", "payment", "dpp.payment"],
    ["p4v007", "paymentACK", "payment.ack", "bip270.paymentAck"],
    ["p4v007", "paymentACKError", "payment.ack", "bip270.paymentAck"],
    ["dppV0111", "paymentRequest", "paymentrequest.response", "dpp.paymentRequest"],
    ["dppV0111", "payment", "payment", "dpp.payment"],
    ["dppV0111", "paymentACK", "payment.ack", "dpp.paymentAck"],
    ["dppV0111", "paymentACKError", "payment.ack", "dpp.paymentAck"],
    ["dppV0111", "clientError", "paymentrequest.error", "clientError"],
    ["brc27", "paymentTerms", "paymentrequest.response", "brc27.paymentTerms"],
    ["brc27", "payment", "payment", "brc27.payment"],
    ["brc27", "paymentACK", "payment.ack", "brc27.paymentAck"],
  ])("%s %s", (vocabulary, body, key, form) => {
    const value = vectors.bodies[vocabulary]?.[body];
    expect(value).toBeDefined();
    expect(parseBody(key, JSON.stringify(value))).toMatchObject({ ok: true, body: { form } });
  });

  it("PayD's own spelling of the payment request", () => {
    const value = vectors.bodies["paydPaymentRequestVariant"];
    expect(parseBody("paymentrequest.response", JSON.stringify(value))).toMatchObject({
      ok: true,
      body: { form: "dpp.paymentRequest", value: { paymentURL: "ws://p4.example/ws/inv0000001" } },
    });
  });
});
