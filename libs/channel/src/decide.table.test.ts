import { describe, expect, it } from "vitest";
import { channelStates, stateName, type ChannelStateName } from "./channel.machine.ts";
import type { ChannelCommand, WalletCommand } from "./commands.ts";
import { evolve } from "./evolve.ts";
import { decide } from "./test-support.ts";
import { customer, given, merchant, otherTxid, sequenced, stranger, wallet, wayTo } from "./testing.ts";

/** `-> state` when the message is accepted, otherwise the refusal. Rows: message and sender; columns: state. */
type Cell = string;
const columns = channelStates;
const ended = ["CHANNEL_EXPIRED", "CHANNEL_CLOSED"];
const over = "CHANNEL_EXPIRED";
const paid = ["ALREADY_PAID", "ALREADY_PAID", ...ended];
const forbidden: Cell[] = ["CHANNEL_UNKNOWN", ...Array<Cell>(7).fill("ROLE_FORBIDDEN"), ...ended];

const fromRightRole: Record<WalletCommand["type"], Cell[]> = {
  RequestTerms: [
    "CHANNEL_UNKNOWN",
    "-> awaitingTerms",
    "-> awaitingTerms",
    "-> awaitingTerms",
    "ILLEGAL_STEP",
    over,
    ...paid,
  ],
  OfferTerms: [
    "CHANNEL_UNKNOWN",
    "-> awaitingPayment",
    "-> awaitingPayment",
    "-> awaitingPayment",
    "ILLEGAL_STEP",
    over,
    ...paid,
  ],
  RefuseTerms: [
    "CHANNEL_UNKNOWN",
    "ILLEGAL_STEP",
    "-> awaitingTermsRequest",
    "-> awaitingTermsRequest",
    "ILLEGAL_STEP",
    over,
    ...paid,
  ],
  SubmitPayment: [
    "CHANNEL_UNKNOWN",
    "-> awaitingAck",
    "-> awaitingAck",
    "-> awaitingAck",
    "PAYMENT_PENDING",
    over,
    ...paid,
  ],
  AcceptPayment: [
    "CHANNEL_UNKNOWN",
    "ILLEGAL_STEP",
    "ILLEGAL_STEP",
    "ILLEGAL_STEP",
    "-> awaitingProof",
    "-> awaitingProof",
    ...paid,
  ],
  RefusePayment: [
    "CHANNEL_UNKNOWN",
    "ILLEGAL_STEP",
    "ILLEGAL_STEP",
    "ILLEGAL_STEP",
    "-> awaitingPayment",
    "-> awaitingPayment",
    ...paid,
  ],
  FailPayment: [
    "CHANNEL_UNKNOWN",
    "ILLEGAL_STEP",
    "ILLEGAL_STEP",
    "ILLEGAL_STEP",
    "-> awaitingPayment",
    "-> awaitingPayment",
    ...paid,
  ],
};

/** A peer without a role gets the role that sends such messages; but with a live merchant present, it cannot be one. */
function expectedCell(type: WalletCommand["type"], sender: "merchant" | "customer" | "stranger", column: number): Cell {
  const sendersOfType = ["RequestTerms", "SubmitPayment"].includes(type) ? "customer" : "merchant";
  const right = fromRightRole[type][column] ?? "";
  if (sender === sendersOfType || (right.startsWith("CHANNEL_") && columns[column] !== "awaitingLateAck")) return right;
  if (sender !== "stranger") return forbidden[column] ?? "";
  return sendersOfType === "customer" ? right : "ROLE_TAKEN";
}

describe("decide: state x message x role", () => {
  for (const [column, state] of columns.entries()) {
    for (const type of Object.keys(fromRightRole) as WalletCommand["type"][]) {
      for (const [sender, from] of Object.entries({ merchant, customer, stranger })) {
        const expected = expectedCell(type, sender as "merchant", column);
        it(`${state}: ${type} from the ${sender} ${expected}`, () => {
          const command = wallet(type, { from, txid: otherTxid });
          expect(outcomeOf(state, command)).toBe(expected);
        });
      }
    }
  }
});

describe("decide: state x server and operator commands", () => {
  const { settled, awaitingAck } = wayTo;
  it("covers every state", () => {
    expect(Object.keys(wayTo)).toEqual([...channelStates]);
    expect(stateName(given(...settled))).toBe("settled");
    expect(stateName(given(...awaitingAck))).toBe("awaitingAck");
  });
});

function outcomeOf(state: ChannelStateName, command: ChannelCommand): Cell {
  const snapshot = given(...wayTo[state]);
  expect(stateName(snapshot)).toBe(state);
  const decision = decide(command, snapshot);
  if (decision.outcome === "refused") return decision.code;
  if (decision.outcome !== "accepted") return decision.outcome;
  return `-> ${stateName(evolve(snapshot, sequenced(decision.event, 1_000)))}`;
}
