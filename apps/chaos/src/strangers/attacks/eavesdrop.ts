import { ackBody, syntheticPayment } from "../../wallets/bodies.ts";
import type { Frame } from "../stranger-socket.ts";
import type { Attack } from "../stranger.ts";

const crowd = 20;
const secret = "refund-address-of-the-payer";

/** A crowd of customers and a second merchant beside a payment: none of them may hear it, or speak for its merchant. */
export const eavesdrop: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  const payer = merchant && (await stranger.join(id, "&role=customer&receipts=true"));
  if (merchant === null || payer === null) return;
  const fellows = await Promise.all(Array.from({ length: crowd }, () => stranger.join(id, "&role=customer")));
  const rival = await stranger.join(id, "&role=merchant&since=0");
  if (rival !== null && grantedRole(rival.heard("join.success")[0]) === "merchant") {
    stranger.world.succeeded("a second merchant was given the role");
  }
  const { bodyText } = syntheticPayment();
  await stranger.store(payer, "payment", { ...(JSON.parse(bodyText) as object), refundTo: secret });
  const late = await Promise.all(["", "&role=customer"].map((role) => stranger.join(id, `&since=0${role}`)));
  const listening = ["role=merchant&since=0", "since=0"].map((query) =>
    stranger.ask("GET", `/channels/${id}/events?${query}`, { abortAfterMs: 500 }),
  );
  rival?.say("payment.ack", ackBody(bodyText, true), stranger.newId());
  payer.say("payment.ack", ackBody(bodyText, true), stranger.newId());
  const [asMerchant, withoutRole] = await Promise.all(listening);
  const told: Readonly<Record<string, unknown>> = {
    "a second merchant": rival?.frames,
    "another customer": fellows.map((socket) => socket?.frames),
    "a latecomer without a role": late[0]?.frames,
    "a late customer": late[1]?.frames,
    "a listener as merchant": asMerchant?.text,
    "a listener without a role": withoutRole?.text,
  };
  for (const who of hearers(told)) stranger.world.succeeded(`${who} heard a customer's payment`);
  if (payer.heard("payment.ack").length > 0) stranger.world.succeeded("a stranger answered in the merchant's place");
};

function grantedRole(joined: Frame | undefined): unknown {
  return (joined?.["headers"] as Frame | undefined)?.["x-p4-role"];
}

function hearers(told: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(told).filter((who) => JSON.stringify(told[who] ?? null).includes(secret));
}
