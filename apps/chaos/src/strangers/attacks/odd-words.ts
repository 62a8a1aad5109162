import { syntheticPayment, terms } from "../../wallets/bodies.ts";
import type { Attack } from "../stranger.ts";

const words = [
  "\u001b[2J\u001b[H paid",
  "\u202epaid\u202c",
  "\u0000",
  "a\r\nb",
  "\ud800",
  "__proto__",
  "x".repeat(9_000),
];

/** Control and direction characters, and names that mean something to JavaScript, wherever a wallet may write a word. */
export const oddWords: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const customer = merchant && (await stranger.join(id, "&role=customer&receipts=true"));
  if (merchant === null || customer === null) return;
  for (const memo of words) {
    await stranger.store(merchant, "paymentrequest.response", { ...terms, memo, [memo]: memo });
    await stranger.store(customer, "payment", { ...(JSON.parse(syntheticPayment().bodyText) as object), memo }, memo);
  }
};
