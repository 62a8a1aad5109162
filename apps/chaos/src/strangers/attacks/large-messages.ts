import { patienceMs, type Attack } from "../stranger.ts";

const messages = 12;
const joiners = 6;
const holdMs = 2_000;
/** A quote takes two bytes as JSON and four as a wrapped text. */
const quotes = 150_000;

/** One channel with messages of megabytes, and many who want all of them at once; some of those read nothing. */
export const largeMessages: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant&receipts=true");
  if (merchant === null) return;
  const extra = '"'.repeat(quotes + stranger.between(0, quotes));
  for (let index = 0; index < messages && stranger.world.mayWrite(2 * extra.length); index++) {
    await stranger.store(merchant, "paymentrequest.response", { network: "regtest", memo: "x", extra });
  }
  const joins = Array.from({ length: joiners }, () => stranger.knock(`/ws/${id}?dialect=p4&role=customer&since=0`));
  const isAnswered = await Promise.all(
    joins.map(async (socket, index) => {
      const hasStatus = await socket.until(() => socket.status !== 0, patienceMs);
      if (index % 2 === 1) socket.socket.pause();
      return hasStatus;
    }),
  );
  const isCutOff = joins.some((socket) => socket.isOver);
  if (isAnswered.includes(false) && !isCutOff) stranger.world.succeeded("a join was not answered");
  await stranger.ask("GET", `/api/v1/payment/${id}`);
  await stranger.pause(holdMs);
};
