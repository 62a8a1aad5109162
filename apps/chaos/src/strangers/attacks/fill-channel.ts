import { ackBody, syntheticPayment, terms } from "../../wallets/bodies.ts";
import { notices } from "../proof-bodies.ts";
import type { StrangerSocket } from "../stranger-socket.ts";
import { jsonBody, patienceMs, type Attack, type Stranger } from "../stranger.ts";

const requests = 520;
const atOnce = 40;
const batches = 3;

/** Another customer's chatter and miners' notices fill a channel while a payment waits: its answer has to have room. */
export const fillChannel: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const payer = merchant && (await stranger.join(id, "&role=customer&receipts=true"));
  const talker = payer && (await stranger.join(id, "&role=customer&receipts=true"));
  if (merchant === null || payer === null || talker === null) return;
  await stranger.store(merchant, "paymentrequest.response", terms);
  const { txid, bodyText } = syntheticPayment();
  const isStored = await stranger.store(payer, "payment", JSON.parse(bodyText) as object);
  await chatter(talker, stranger);
  for (let batch = 0; batch < batches; batch++) {
    await stranger.ask("POST", `/callbacks?i=${id}`, { body: notices(txid, 100), headers: jsonBody });
  }
  if (!isStored || merchant.isOver || payer.isOver) return;
  await stranger.store(merchant, "payment.ack", ackBody(bodyText, true));
  const isHeard = await payer.until(() => payer.heard("payment.ack").length > 0, patienceMs);
  if (!isHeard && !merchant.isOver && !payer.isOver)
    stranger.world.succeeded("an answer had no room on a full channel");
};

async function chatter(talker: StrangerSocket, stranger: Stranger): Promise<void> {
  for (let sent = 0; sent < requests && !talker.isOver; sent += atOnce) {
    for (let index = 0; index < atOnce; index++) talker.say("paymentrequest.create", {}, stranger.newId());
    await stranger.pause(50);
  }
}
