import { isLogError } from "@p4/channel";
import type { SubmitResult } from "@p4/channel-host";
import { channelErrors } from "@p4/channel";
import { isStoreError } from "@p4/event-store";
import type { WebSocketRoute } from "@p4/http";
import { closeCodes, serverMessage, unknownOrigin, warningHeader, warningText } from "@p4/protocol";
import { endGrant, mayGoOn, sendTo, type Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import type { EdgeLimits } from "./edge-limits.ts";
import { greet } from "./greet.ts";
import { joinChannel, rejectNewChannel } from "./join-channel.ts";
import { closeCodeFor } from "./join-refusal.ts";
import { merchantHeader, merchantPresence } from "./merchant-presence.ts";
import { OutgoingFrame, sequenceHeader } from "./outgoing-frame.ts";
import { learnSpeech, writeFor } from "./peer-speech.ts";
import { sendRefusal } from "./send-refusal.ts";
import { submitTraced } from "./submit-traced.ts";
import { readWalletFrame, refuse, refuseWire, type ReadFrame } from "./wallet-frame.ts";

/** `GET /ws/:channelID`: a wallet's socket, from its join to its end. */
export function walletSocketRoute(context: EdgeContext): WebSocketRoute<Connection> {
  return {
    path: "/ws/:channelID",
    maxMessageBytes: context.limits.maxMessageBytes,
    maxQueuedBytes: context.limits.maxQueuedBytes,
    rejectEarly: (channelId) => rejectNewChannel(channelId, context),
    closeCodeFor,
    upgrade: (request) => joinChannel(request, context),
    open: (socket) => {
      context.grants.watch(socket.data, socket.data.grant, (why) => endGrant(socket.data, why));
      greet(socket, context);
    },
    message: messageReader(context),
    binary: (socket, sizeBytes) => {
      context.metrics.frameReceived(sizeBytes);
      sendRefusal(socket.data, refuseWire({ code: "WIRE_BINARY_FRAME" }, unknownOrigin), sizeBytes, context);
    },
    tooLarge: (socket, sizeBytes) => {
      context.metrics.frameReceived(sizeBytes);
      const rule = `a message has at most ${String(context.limits.maxMessageBytes)} bytes; this one has ${String(sizeBytes)}`;
      sendRefusal(socket.data, refuseWire({ code: "WIRE_TOO_LARGE", rule }, unknownOrigin), sizeBytes, context);
      socket.close(closeCodes.messageTooLarge.code, "message too large");
    },
    close: ({ data: connection }) => {
      context.grants.unwatch(connection);
      connection.socket = null;
      // A greeting that did not reach its end has kept it.
      connection.history?.letGo();
      context.connections.remove(connection);
      context.merchantQueue.remove(connection);
      context.merchantQueue.look();
      context.metrics.connectionClosed();
    },
  };
}

function messageReader(context: EdgeContext): WebSocketRoute<Connection>["message"] {
  const { limits, nodeId, newId, crypto, metrics } = context;
  return ({ data: connection }, text) => {
    metrics.frameReceived(text.length);
    if (!mayGoOn(connection)) return;
    const reading = { nodeId, nowMs: context.nowMs(), newId, maxBytes: limits.maxMessageBytes, crypto };
    const frame = readWalletFrame(text, connection, reading);
    const { dialect = null, key } = frame.origin;
    if (dialect !== null) learnSpeech(connection.speech, dialect, key);
    if (!frame.ok) return sendRefusal(connection, frame, text.length, context);
    if (hasTooManyPending(connection, text.length, limits)) {
      const rule = `at most ${String(limits.maxInFlightPerConnection)} messages, ${String(limits.maxInFlightBytesPerConnection)} bytes, may wait`;
      return sendRefusal(connection, refuse("EDGE_TOO_MANY_PENDING", rule, frame.origin), text.length, context);
    }
    const rule = tooManyBytes(connection, text.length, context);
    if (rule !== null) {
      return sendRefusal(connection, refuse("EDGE_TOO_MANY_BYTES", rule, frame.origin), text.length, context);
    }
    void store(frame, connection, context);
  };
}

/** Null, or the rule of the node's memory or of the sender's budget that the frame breaks. */
function tooManyBytes(connection: Connection, frameBytes: number, { bytes, memory }: EdgeContext): string | null {
  const { inFlightBytes, followed, socket } = connection;
  const full = memory.refusal(frameBytes, followed, inFlightBytes);
  if (full !== null || socket === null) return full;
  const nowMs = performance.now();
  connection.added ??= bytes.forConnection(nowMs);
  return bytes.refusal(frameBytes, socket.remoteAddress, connection.added, nowMs);
}

/** Frames are kept until they are stored. One alone may be as large as messages may be. */
function hasTooManyPending(connection: Connection, frameBytes: number, limits: EdgeLimits): boolean {
  if (connection.inFlight === 0) return false;
  const bytes = connection.inFlightBytes + frameBytes;
  return connection.inFlight >= limits.maxInFlightPerConnection || bytes > limits.maxInFlightBytesPerConnection;
}

async function store(frame: ReadFrame, connection: Connection, context: EdgeContext): Promise<void> {
  const startedMs = performance.now();
  const { commandId } = frame.command.metadata;
  const { underWay } = context.delivery;
  const sizeBytes = frame.recorded.raw.length;
  // Behind others of its own it waits for those, not for the log.
  const isAlone = connection.inFlight === 0;
  connection.inFlight++;
  connection.inFlightBytes += sizeBytes;
  context.memory.takeIn(sizeBytes);
  underWay.set(commandId, frame.message);
  const logAnswered = context.admission.waitForLog(startedMs);
  try {
    const { followed, trace } = connection;
    const result = await (context.tracing === null
      ? followed.submit(frame.command)
      : submitTraced(frame.recorded.key, frame.command, followed, trace, context));
    logAnswered();
    const tookMs = performance.now() - startedMs;
    // Its sequence must not overtake the events before it.
    if (connection.greeting !== null) await connection.greeting;
    answer(result, frame, connection, context);
    if (result.outcome === "stored") {
      context.metrics.messageStored(tookMs / 1000);
      if (isAlone) context.admission.messageTook(tookMs);
    }
  } catch (error) {
    onStoreFailure(error, frame, connection, context);
  } finally {
    logAnswered();
    connection.inFlight--;
    connection.inFlightBytes -= sizeBytes;
    context.memory.letThrough(sizeBytes);
    underWay.delete(commandId);
  }
}

function answer(result: SubmitResult, frame: ReadFrame, connection: Connection, context: EdgeContext): void {
  const { channelId } = connection.followed;
  switch (result.outcome) {
    case "stored":
      return sendReceipt(result.event.streamVersion, "stored", frame, connection, context);
    case "duplicate":
      context.metrics.messageDuplicate();
      connection.repeated = new Set([...connection.repeated, result.streamVersion]);
      sendReceipt(result.streamVersion, "duplicate", frame, connection, context);
      for (const reply of result.replies) sendTo(connection, new OutgoingFrame(reply, channelId));
      return;
    case "refused": {
      const { title, rule } = channelErrors[result.code];
      const description = `${frame.name}: ${rule} (${result.detail})`;
      const refusal = { ok: false, errCode: result.code, title, description, origin: frame.origin } as const;
      return sendRefusal(connection, refusal, frame.recorded.raw.length, context);
    }
    case "unchanged":
      return;
  }
}

function sendReceipt(
  streamVersion: number,
  outcome: "stored" | "duplicate",
  frame: ReadFrame,
  connection: Connection,
  context: EdgeContext,
): void {
  // A peer that has gone meanwhile hears nothing, and its channel may have gone from here as well.
  if (!connection.wantsReceipts || connection.socket === null) return;
  const receipt = serverMessage({
    key: "receipt",
    channelId: connection.followed.channelId,
    messageId: context.newId(),
    correlationId: frame.recorded.messageId,
    timestampMs: context.nowMs(),
    headers: [
      [sequenceHeader, [String(streamVersion)]],
      ["x-p4-outcome", [outcome]],
      [merchantHeader, [merchantPresence(connection, context)]],
      ...(frame.warning === null ? [] : [[warningHeader, [warningText(frame.warning)]] as const]),
    ],
  });
  // Its sequence does not overtake the events before it, which were sent as they were folded.
  const text = writeFor(receipt, connection.speech);
  if (text !== null && mayGoOn(connection)) connection.socket.send(text);
}

function onStoreFailure(error: unknown, frame: ReadFrame, connection: Connection, context: EdgeContext): void {
  const { name, origin, recorded } = frame;
  if (isStoreError(error)) {
    const refusal = refuse("EDGE_UNAVAILABLE", `${name}: ${error.code}`, origin);
    return sendRefusal(connection, refusal, recorded.raw.length, context);
  }
  context.onError(error, `message on ${connection.followed.channelId}`);
  const detail = isLogError(error) ? error.code : "see the server's log";
  const refusal = refuse("EDGE_LOG_DAMAGED", `${name}: ${detail}`, origin);
  sendRefusal(connection, refusal, recorded.raw.length, context);
}
