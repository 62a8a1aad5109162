import { syntheticPayment } from "../../wallets/bodies.ts";
import { jsonBody, type Attack } from "../stranger.ts";

const requests = 10;

/** Payments over HTTP that wait for a merchant who says nothing; most hang up before they are answered. */
export const waitingRequests: Attack = async (stranger) => {
  const id = stranger.newId();
  const merchant = await stranger.join(id, "&role=merchant");
  if (merchant === null) return;
  const headers = { ...jsonBody, prefer: "wait=2" };
  const asking = Array.from({ length: requests }, (_, index) => {
    const abortAfterMs = stranger.between(20, 2_500);
    return index % 3 === 0
      ? stranger.ask("GET", `/api/v1/payment/${id}`, { headers, abortAfterMs })
      : stranger.ask("POST", `/api/v1/payment/${id}`, { body: syntheticPayment().bodyText, headers, abortAfterMs });
  });
  await Promise.all(asking);
};
