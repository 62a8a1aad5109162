import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { heardBy, isEnded, pendingFor, stateName } from "@p4/channel";
import type { WebSocketConnection } from "@p4/http";
import { closeCodes, serverMessage } from "@p4/protocol";
import { listenerOf, mayGoOn, sendTo, type Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { joinSuccess } from "./join-success.ts";
import { OutgoingFrame, sequenceHeader } from "./outgoing-frame.ts";
import { writeFor } from "./peer-speech.ts";

type Socket = WebSocketConnection<Connection>;

/** Written in one turn of the event loop: a channel of 16 MiB at once would hold up everybody else's messages. */
const sliceBytes = 262_144;
/** So long a peer may take for a slice before its socket is closed as too slow. */
const sliceWithinMs = 15_000;
const lookAgainMs = 10;

/** join.success, then what the peer missed or what is pending for its role; from then on it hears the channel live. */
export function greet(socket: Socket, context: EdgeContext): void {
  const connection = socket.data;
  const { channelId, channel } = connection.followed;
  connection.socket = socket;
  context.metrics.connectionOpened();
  context.note({ channelId, nodeId: context.nodeId, connectionId: connection.id, role: connection.role }, "join");
  if (!mayGoOn(connection)) return;
  let isWhole = true;
  socket.cork(() => {
    socket.send(joinSuccess(connection, channel, context));
    if (connection.history === null) sendPending(socket, context);
    else {
      connection.missed = [...connection.history.take(), ...connection.missed];
      isWhole = sendSlice(connection);
    }
  });
  // Not inside the cork: uWS would send the close frame and never end the connection.
  if (isWhole) end(socket);
  else {
    // The socket's own guard hears no more of what fails from here on.
    connection.greeting = sendRest(socket).catch((error: unknown) => {
      context.onError(error, `history of ${channelId}`);
      socket.close(closeCodes.internalError.code, "internal error");
    });
  }
}

function sendPending(socket: Socket, context: EdgeContext): void {
  const connection = socket.data;
  const { channelId, channel } = connection.followed;
  for (const message of pendingFor(listenerOf(connection), channel.snapshot)) {
    sendTo(connection, new OutgoingFrame(message, channelId));
  }
  connection.missed = [];
  if (isEnded(channel.snapshot)) sayEnd(socket, context);
}

/** What a resumed peer asked to hear again, and what was stored while it came. True: that was the last of it. */
function sendSlice(connection: Connection): boolean {
  const { missed, followed, speech } = connection;
  const { context } = followed.channel.snapshot;
  let sent = 0;
  let sentBytes = 0;
  for (const event of missed) {
    if (sentBytes >= sliceBytes) break;
    sent += 1;
    const message = heardBy(listenerOf(connection), event, context);
    if (message === null) continue;
    const frame = new OutgoingFrame(message, followed.channelId);
    sendTo(connection, frame);
    sentBytes += frame.encode(speech)?.length ?? 0;
  }
  missed.splice(0, sent);
  return missed.length === 0;
}

/** The next slice goes once the peer has taken the last one. Events that are stored meanwhile come behind. */
async function sendRest(socket: Socket): Promise<void> {
  const connection = socket.data;
  for (let isWhole = false; !isWhole;) {
    await nextTurn();
    await untilTaken(socket);
    if (!socket.isOpen || !mayGoOn(connection)) return;
    socket.cork(() => (isWhole = sendSlice(connection)));
  }
  connection.greeting = null;
  end(socket);
}

async function untilTaken(socket: Socket): Promise<void> {
  const endMs = performance.now() + sliceWithinMs;
  while (socket.isOpen && socket.bufferedBytes() > sliceBytes) {
    if (performance.now() > endMs) {
      return socket.close(closeCodes.overLimits.code, "too slow: the channel's history is not taken");
    }
    await sleep(lookAgainMs);
  }
}

function end(socket: Socket): void {
  const { history, followed } = socket.data;
  history?.letGo();
  const { snapshot } = followed.channel;
  if (isEnded(snapshot)) socket.close(closeCodes.channelOver.code, `channel.${stateName(snapshot)}`);
}

/** The channel is over. A resumed peer has been told by the log already. */
function sayEnd(socket: Socket, context: EdgeContext): void {
  const { followed, speech } = socket.data;
  const { snapshot, streamVersion } = followed.channel;
  const end = serverMessage({
    key: `channel.${stateName(snapshot)}`,
    channelId: followed.channelId,
    messageId: context.newId(),
    timestampMs: context.nowMs(),
    headers: [[sequenceHeader, [String(streamVersion)]]],
  });
  const text = writeFor(end, speech);
  if (text !== null) socket.send(text);
}
