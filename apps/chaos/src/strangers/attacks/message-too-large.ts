import { errorCodeOf } from "../stranger-socket.ts";
import { patienceMs, type Attack } from "../stranger.ts";

const bytes = 2_300_000;
const tooLarge = 1009;

/** A message over twice the limit: its sender has to be told so before, or as, the socket is closed. */
export const messageTooLarge: Attack = async (stranger) => {
  const socket = await stranger.join(stranger.newId(), "&role=merchant");
  if (socket === null || !stranger.world.mayWrite(bytes)) return;
  socket.say("paymentrequest.response", { padding: "z".repeat(bytes) }, stranger.newId());
  await socket.until(() => socket.isOver, patienceMs);
  const isTold = socket.heard("error").some((frame) => errorCodeOf(frame) !== "") || socket.closedWith === tooLarge;
  if (!isTold && !stranger.world.over.aborted)
    stranger.world.succeeded("a message over the limit was cut off unanswered");
};
