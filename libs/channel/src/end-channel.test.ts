import { describe, expect, it } from "vitest";
import { channelStates } from "./channel.machine.ts";
import type { EndChannel } from "./commands.ts";
import { decide } from "./test-support.ts";
import type { Participant } from "./participant.ts";
import { customer, given, join, merchant, metadata, stranger, wallet, wayTo } from "./testing.ts";

function end(from: Participant, merchantIsAlive = true): EndChannel {
  const message = { key: "channel.close", dialect: "p4", raw: "{}", messageId: "end", correlationId: "" } as const;
  return { type: "EndChannel", from, message, merchantIsAlive, metadata: metadata() };
}

describe("channel.close", () => {
  const waiting = ["awaitingAck", "awaitingLateAck"];
  const over = ["unopened", "expired", "closed"];

  it.each(channelStates.filter((state) => !waiting.includes(state) && !over.includes(state)))(
    "ends the channel when %s",
    (state) => {
      expect(decide(end(merchant), given(...wayTo[state]))).toMatchObject({
        outcome: "accepted",
        event: { type: "ChannelClosed", data: { by: "merchant", reason: "channel.close" } },
      });
    },
  );

  it("does not leave a payer without an answer", () => {
    expect(decide(end(merchant), given(...wayTo["awaitingAck"]))).toMatchObject({ code: "PAYMENT_PENDING" });
  });

  it("comes too late for a channel at its end", () => {
    expect(decide(end(merchant), given(...wayTo["closed"]))).toMatchObject({ code: "CHANNEL_CLOSED" });
    expect(decide(end(merchant), given())).toMatchObject({ code: "CHANNEL_UNKNOWN" });
  });

  it("is the merchant's alone, by what it claimed or has spoken as", () => {
    const open = given(join(merchant));
    expect(decide(end(customer), open)).toMatchObject({ code: "ROLE_FORBIDDEN" });
    const asked = given(join(merchant), wallet("RequestTerms", { from: stranger }));
    expect(decide(end(stranger), asked)).toMatchObject({ code: "ROLE_FORBIDDEN" });
    const rival = { ...merchant, connectionId: "m2" };
    expect(decide(end(rival), open)).toMatchObject({ code: "ROLE_TAKEN" });
    expect(decide(end(rival, false), open)).toMatchObject({ outcome: "accepted" });
    expect(decide(end(stranger), open)).toMatchObject({ code: "ROLE_TAKEN" });
  });
});
