import { ackBody, syntheticPayment } from "../../wallets/bodies.ts";
import { patienceMs, type Attack } from "../stranger.ts";

/** A client without a role pays and accepts its own payment, in one burst. */
export const oneBurst: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const both = merchant && (await stranger.join(id, "&receipts=true"));
  if (merchant === null || both === null) return;
  const { bodyText } = syntheticPayment();
  both.say("payment", JSON.parse(bodyText) as object, stranger.newId());
  both.say("payment.ack", ackBody(bodyText, true), stranger.newId());
  await both.until(() => both.heard("receipt").length + both.heard("error").length >= 2, patienceMs);
  if (both.heard("receipt").length >= 2) stranger.world.succeeded("one connection paid and accepted its own payment");
};
