import { terms } from "../../wallets/bodies.ts";
import type { Attack } from "../stranger.ts";

const streams = 30;

/** Listeners over HTTP by the dozen, who come and hang up while something is said. */
export const eventStreams: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  if (merchant === null) return;
  const listening = Array.from({ length: streams }, () =>
    stranger.ask("GET", `/channels/${id}/events?since=0`, { abortAfterMs: stranger.between(50, 3_000) }),
  );
  for (let index = 0; index < 10; index++) {
    await stranger.store(merchant, "paymentrequest.response", { ...terms, padding: "s".repeat(20_000) });
    await stranger.pause(100);
  }
  await Promise.all(listening);
};
