import { beforeAll, describe, expect, it } from "vitest";
import { withBroker } from "./test-support/broker.ts";
import { isDecided } from "./test-support/decisions.ts";
import { newChannelId, startEdgeServer, type EdgeServer } from "./test-support/edge-server.ts";
import { messages, type VectorCase } from "./test-support/vectors.ts";
import { headerOf, keyOf, type Frame, type Wallet } from "./test-support/wallet.ts";

const broker = withBroker();
let server: EdgeServer;
beforeAll(async () => {
  server = await startEdgeServer(broker.url);
});

const cases = (messages.cases as VectorCase[]).filter(({ group }) => group === "wrapper");
const ofVerdict = (...verdicts: string[]) => cases.filter((each) => verdicts.includes(verdictOf(each)));

/** The vector's verdict, or what was decided instead. */
function verdictOf({ name, expected }: VectorCase): string {
  return name === "wrapper-go-channel-missing" && isDecided(name) ? "relay" : expected.verdict;
}

interface Meeting {
  readonly sender: Wallet;
  readonly receiver: Wallet;
  /** The vector's frame, on this channel. */
  readonly frame: string;
  readonly channelId: string;
}

/** Merchant and customer of a channel where a payment request was asked for; the frame's own sender sends it. */
async function meet({ input }: VectorCase): Promise<Meeting> {
  const channelId = newChannelId();
  const dialect = input.dialect === "seed" ? "p4" : "dpp";
  const merchant = await server.join(`${channelId}?role=merchant&dialect=${dialect}`);
  const customer = await server.join(`${channelId}?role=customer&dialect=${dialect}`);
  customer.send({ [dialect === "p4" ? "key" : "type"]: "paymentrequest.create", messageId: "asked" });
  await merchant.hear("paymentrequest.create");
  const frame = String(input.frame).replaceAll("inv0000001", channelId);
  const isMerchants = frame.includes('"paymentrequest.error"');
  return isMerchants
    ? { sender: merchant, receiver: customer, frame, channelId }
    : { sender: customer, receiver: merchant, frame, channelId };
}

describe("the wrapper cases of dpp-messages.json, over a socket in their dialect", () => {
  it("judges 22, 5 of them as was decided", () => {
    expect(cases).toHaveLength(22);
    expect(cases.filter(({ name }) => isDecided(name))).toHaveLength(5);
    expect(ofVerdict("ignore").every(({ name }) => isDecided(name))).toBe(true);
  });

  it.each(ofVerdict("relay"))("$name: relayed", async (testCase) => {
    const { sender, receiver, frame, channelId } = await meet(testCase);
    sender.send(frame);
    const sent = standardNames(JSON.parse(frame) as Frame);
    const heard = await receiver.hear(keyOf(sent));
    const { headers: sentHeaders = {}, clientID: _claimed, ...members } = sent;
    expect(heard).toMatchObject(members);
    expect(heard["channelId"] ?? heard["channelID"]).toBe(channelId);
    const { "x-p4-sequence": sequence, ...headers } = heard["headers"] as Frame;
    expect(headers).toEqual(sentHeaders);
    expect(sequence).toBeDefined();
    // Whatever id it claims, others see that of its connection.
    if (testCase.input.dialect !== "seed") expect(heard["clientID"]).toBe(sender.clientId);
    expect(sender.keys).not.toContain("error");
  });

  it.each(ofVerdict("ignore", "reject"))("$name: refused, by an error to the sender alone", async (testCase) => {
    const { sender, receiver, frame } = await meet(testCase);
    sender.send(frame);
    const error = await sender.hear("error");
    expect(error["errorBody"]).toEqual({
      Title: expect.any(String),
      Description: expect.stringMatching(/^([\w ,]+: |a frame is )./),
      ErrCode: expect.stringMatching(/^(WIRE|EDGE)_/),
    });
    sender.send({ type: "payment", messageId: "after", body: { x: 2 } });
    expect(await receiver.hear("payment")).toMatchObject({ messageId: "after" });
    expect(receiver.keys).toEqual(["join.success", "paymentrequest.create", "payment"]);
  });

  it.each(ofVerdict("server-to-client"))("$name: refused from a wallet; ours has its members", async (testCase) => {
    const { sender, receiver, frame } = await meet(testCase);
    const model = JSON.parse(frame) as Frame;
    sender.send(frame);
    const error = await sender.hear("error");
    const { errorBody, ...members } = error;
    // `expiration` belongs to no error of ours; everything else that the model has is there, spelled as there.
    const expected = Object.keys(model).filter((name) => name !== "expiration" && name !== "errorBody");
    expect(Object.keys(members)).toEqual(expect.arrayContaining(expected));
    expect(Object.keys(errorBody)).toEqual(Object.keys(model["errorBody"]));
    expect(errorBody["ErrCode"] ?? errorBody["errCode"]).toBe("EDGE_SERVER_KEY");
    expect(error["originType"] ?? error["originKey"]).toBe("error");
    expect(receiver.keys).not.toContain("error");
    expect(headerOf(error, "x-p4-sequence")).toBe("");
  });
});

/** Go reads names without regard to case, and writes its own spelling. */
function standardNames(frame: Frame): Frame {
  const { TYPE, channelID, correlationID, ...others } = frame;
  if (TYPE === undefined) return frame;
  return { ...others, type: TYPE, channelId: channelID, correlationId: correlationID };
}
