import { ackBody, syntheticPayment } from "../../wallets/bodies.ts";
import { forgedProof, notices, status, statusesOfUnknown } from "../proof-bodies.ts";
import { jsonBody, type Attack } from "../stranger.ts";

const batches = 5;

/** Proofs, statuses and notices that no miner sent: of the accepted payment, and of transactions by the hundred. */
export const forgedProofs: Attack = async (stranger) => {
  const id = `${stranger.newId()}-private`;
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const customer = merchant && (await stranger.join(id, "&role=customer&receipts=true"));
  if (merchant === null || customer === null) return;
  const { txid, bodyText } = syntheticPayment();
  await stranger.store(customer, "payment", JSON.parse(bodyText) as object);
  await stranger.store(merchant, "payment.ack", ackBody(bodyText, true));
  const call = (body: string) => stranger.ask("POST", `/callbacks?i=${id}`, { body, headers: jsonBody });
  await call(status(txid));
  await call(forgedProof(txid, stranger.between(1, 1_000_000)));
  for (let batch = 0; batch < batches; batch++) await call(statusesOfUnknown(100));
  await call(notices(txid, 100));
  const { text } = await stranger.ask("GET", `/proofs/${txid}`);
  if (text.includes(id)) stranger.world.succeeded("a channel's id was told for a transaction's id");
};
