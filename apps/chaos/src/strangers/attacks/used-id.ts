import { ackBody, syntheticPayment } from "../../wallets/bodies.ts";
import type { Attack } from "../stranger.ts";

/** Another payment under a message id that is used already: it must not be taken for the first, nor answered with its verdict. */
export const usedId: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const first = merchant && (await stranger.join(id, "&role=customer&receipts=true"));
  const second = first && (await stranger.join(id, "&role=customer&receipts=true"));
  if (merchant === null || first === null || second === null) return;
  const payment = syntheticPayment();
  if (!(await stranger.store(first, "payment", JSON.parse(payment.bodyText) as object, "1"))) return;
  await stranger.store(merchant, "payment.ack", ackBody(payment.bodyText, true));
  const other = JSON.parse(syntheticPayment().bodyText) as object;
  if (await stranger.store(second, "payment", other, "1")) {
    stranger.world.succeeded("another payment was taken under a used message id");
  }
  if (second.heard("payment.ack").length > 0) stranger.world.succeeded("one customer was told another's verdict");
};
