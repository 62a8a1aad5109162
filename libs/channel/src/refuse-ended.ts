import { stateName, type ChannelSnapshot } from "./channel.machine.ts";
import { refuse, timeText, type Refusal } from "./decision.ts";

export function refuseEnded(snapshot: ChannelSnapshot): Refusal {
  const expired = stateName(snapshot) === "expired";
  return refuse(expired ? "CHANNEL_EXPIRED" : "CHANNEL_CLOSED", `since ${timeText(snapshot.context.endedAtMs)}`);
}
