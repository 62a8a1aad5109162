import { syntheticPayment } from "../../wallets/bodies.ts";
import type { Attack, Stranger } from "../stranger.ts";

const channels = 24;
const atOnce = 8;
const padding = "y".repeat(900_000);

/** Channels that are kept open with a large request for payment and a large payment waiting on each: they fill the memory. */
export const hoard: Attack = async (stranger) => {
  for (let opened = 0; opened < channels; opened += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => fill(stranger)));
  }
  await stranger.pause(stranger.between(5_000, 15_000));
};

async function fill(stranger: Stranger): Promise<void> {
  if (!stranger.world.mayWrite(2 * padding.length)) return;
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const customer = merchant && (await stranger.join(id, "&role=customer&receipts=true"));
  if (merchant === null || customer === null) return;
  const payment = JSON.parse(syntheticPayment().bodyText) as object;
  await Promise.all([
    stranger.store(merchant, "paymentrequest.response", { network: "regtest", memo: "x", padding }),
    stranger.store(customer, "payment", { ...payment, padding }),
  ]);
}
