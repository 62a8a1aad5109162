import { terms } from "../../wallets/bodies.ts";
import type { Attack } from "../stranger.ts";

const sockets = 30;

/** A crowd on one channel that is told things and reads nothing, then disappears without a word. */
export const staleCrowd: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  if (merchant === null) return;
  const crowd = Array.from({ length: sockets }, () => stranger.knock(`/ws/${id}?role=customer&since=0`));
  await Promise.all(crowd.map((socket) => socket.until(() => socket.status !== 0, 5_000)));
  for (const { socket } of crowd) socket.pause();
  const padding = "p".repeat(100_000);
  for (let index = 0; index < 10 && stranger.world.mayWrite(padding.length); index++) {
    await stranger.store(merchant, "paymentrequest.response", { ...terms, padding });
  }
  await stranger.pause(1_000);
};
