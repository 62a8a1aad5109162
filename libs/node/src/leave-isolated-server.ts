import type { Broker } from "@p4/nats";

type Watched = Pick<Broker, "ready" | "api" | "switchServer" | "report">;

const askEveryMs = 2_000;
const answerWithinMs = 1_500;
/**
 * An election after the loss of all servers took six seconds in a failure campaign, and whoever left its server meanwhile
 * came back five seconds later than the others: only a longer silence is a reason to leave.
 */
const patience = 5;
/** Until the next server is judged. */
const graceMs = 10_000;

/**
 * A server that is cut off from its cluster keeps its clients and answers their pings, while JetStream answers nothing:
 * a node would stay with it, and serve nobody, until the cut is healed. Asks again and again, and moves on.
 * Returns what ends it.
 */
export function leaveIsolatedServer(broker: Watched): () => void {
  let unanswered = 0;
  let notBeforeMs = 0;
  let busy = false;
  const ask = async (): Promise<void> => {
    try {
      await broker.api("INFO", undefined, answerWithinMs);
      unanswered = 0;
    } catch (error) {
      unanswered++;
      if (unanswered < patience || !broker.ready()) return;
      unanswered = 0;
      notBeforeMs = Date.now() + graceMs;
      broker.report(new Error("JetStream does not answer: trying another server", { cause: error }));
      await broker.switchServer();
    }
  };
  const timer = setInterval(() => {
    if (busy || !broker.ready() || Date.now() < notBeforeMs) return;
    busy = true;
    ask()
      .catch((error: unknown) => broker.report(error as Error))
      .finally(() => (busy = false));
  }, askEveryMs);
  return () => clearInterval(timer);
}
