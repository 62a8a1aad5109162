import type { Broker } from "../broker.ts";

const askEveryMs = 2_000;
const answerWithinMs = 1_500;

/**
 * A server that is cut off from its cluster keeps its clients and answers their pings, while JetStream answers nothing. A
 * node without wallets would not notice, so it asks. The answers, and the lack of them, go to the broker's health, which
 * decides. Returns what ends it.
 */
export function askJetStream(broker: Pick<Broker, "ready" | "api" | "health">): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy || !broker.ready()) return;
    busy = true;
    void broker
      .api("INFO", undefined, answerWithinMs)
      .then(
        () => broker.health.answered("api"),
        () => broker.health.unanswered("api"),
      )
      .finally(() => (busy = false));
  }, askEveryMs).unref();
  return () => clearInterval(timer);
}
