import { pendingFor } from "@p4/channel";
import type { Role } from "@p4/protocol";
import { listenerOf, sendTo, type Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { joinSuccess } from "./join-success.ts";
import { seatOf } from "./merchant-presence.ts";
import { OutgoingFrame } from "./outgoing-frame.ts";
import { recordJoin } from "./record-join.ts";

const lookEveryMs = 2_000;

/**
 * Connections that joined as the merchant while another one had the seat: a merchant's own earlier connection, mostly, that
 * has died without a word. Once that has gone they take the seat, first come, first served, are told so by another
 * `join.success`, and hear what waits for the merchant.
 */
export class MerchantQueue {
  readonly #waiting = new Set<Connection>();
  #context: EdgeContext | null = null;
  #busy = false;

  /** If it claims to be the merchant and may not be it yet. */
  add(connection: Connection, claim: Role | null): void {
    if (claim === "merchant" && connection.grantedRole === null) this.#waiting.add(connection);
  }

  remove(connection: Connection): void {
    this.#waiting.delete(connection);
  }

  /** Looks again and again until the returned function is called. */
  start(context: EdgeContext): () => void {
    this.#context = context;
    const timer = setInterval(() => this.look(), lookEveryMs).unref();
    return () => clearInterval(timer);
  }

  /** Now, since a connection has gone. */
  look(): void {
    const context = this.#context;
    if (context === null || this.#busy || this.#waiting.size === 0) return;
    this.#busy = true;
    void this.#seatAll(context).finally(() => (this.#busy = false));
  }

  async #seatAll(context: EdgeContext): Promise<void> {
    const seen = new Set<string>();
    for (const connection of [...this.#waiting]) {
      const { channelId } = connection.followed;
      if (seen.has(channelId)) continue;
      seen.add(channelId);
      try {
        if (await takeSeat(connection, context)) this.#waiting.delete(connection);
      } catch (error) {
        context.onError(error, `the merchant's seat on ${channelId}`);
      }
    }
  }
}

/** Whether the connection waits no longer: it has the seat, has said that it is something else, or has gone. */
async function takeSeat(connection: Connection, context: EdgeContext): Promise<boolean> {
  const { followed, id, subject, role, trace } = connection;
  const seat = seatOf(followed.channel);
  if (seat?.connectionId === id || role === "customer") return true;
  // Asked before anything is stored: a join that is refused the seat would be an event each time.
  if (seat !== null && (await context.isConnectionAlive(seat.nodeId, seat.connectionId))) return false;
  if (isGone(connection)) return false;
  const who = { connectionId: id, ...(subject === undefined ? {} : { subject }) };
  const joined = await recordJoin(who, followed, { role: "merchant", mayOpen: false, trace }, context);
  // It may have gone meanwhile, and its channel with it.
  if (isGone(connection)) return true;
  if (joined?.role !== "merchant") return false;
  welcome(connection, context);
  return true;
}

function isGone({ socket }: Connection): boolean {
  return socket === null;
}

function welcome(connection: Connection, context: EdgeContext): void {
  const { followed } = connection;
  const wasHeard = connection.role === "merchant";
  Object.assign(connection, { role: "merchant", grantedRole: "merchant", explicit: true });
  const state = followed.channel;
  const greeting = joinSuccess(connection, state, context);
  connection.socket?.send(greeting);
  if (wasHeard) return;
  for (const message of pendingFor(listenerOf(connection), state.snapshot)) {
    sendTo(connection, new OutgoingFrame(message, followed.channelId));
  }
}
