import type { WebSocketBehavior } from "uWebSockets.js";
import type { SocketCallbacks, SocketConnection, SocketUserData } from "./socket-connection.ts";
import { closeCodes, type AnyWebSocketRoute } from "./web-socket-route.ts";

export const defaultMaxQueuedBytes = 4 * 1024 * 1024;
const defaultIdleTimeoutSeconds = 40;

/** What a route is told of a connection that broke (RFC 6455: never sent). */
const brokenConnection = 1006;

// The typings declare uWS's constant DISABLED as a type only.
const COMPRESSION_DISABLED = 0;

/** uWS kills the connection without a word beyond this; between the route's limit and this, the route may explain. */
export function transportLimitBytes(maxMessageBytes: number): number {
  return 2 * maxMessageBytes + 1024 * 1024;
}

export interface BehaviorHooks {
  readonly onOpen: (connection: SocketConnection<unknown>) => void;
  /** Its route is told next. What waits for the peer may still be on its way. */
  readonly onClose: (connection: SocketConnection<unknown>) => void;
  /** Its connection has ended. For every socket, one whose upgrade was only made to refuse it included. */
  readonly onGone: (data: SocketUserData) => void;
  readonly onError: (error: unknown, where: string) => void;
}

/** The uWS callbacks for one route, all but `upgrade`. A callback that fails closes its own socket with 1011 and no other. */
export function behaviorOf(route: AnyWebSocketRoute, hooks: BehaviorHooks): WebSocketBehavior<SocketUserData> {
  const fail = (connection: SocketConnection<unknown>, name: string, error: unknown): void => {
    hooks.onError(error, `${route.path} ${name}`);
    connection.close(closeCodes.internalError, "internal error");
  };
  /** A route may pass an async function where none is expected; its failure must not become an unhandled rejection. */
  const settle = (connection: SocketConnection<unknown>, name: string, result: unknown): void => {
    if (result instanceof Promise) result.catch((error: unknown) => fail(connection, name, error));
  };
  const guarded = (connection: SocketConnection<unknown>, name: string, run: () => unknown): void => {
    try {
      settle(connection, name, run());
    } catch (error) {
      fail(connection, name, error);
    }
  };
  const refuse = (connection: SocketConnection<unknown>, size: number): unknown => {
    if (size > route.maxMessageBytes) {
      if (route.tooLarge !== undefined) return route.tooLarge(connection, size);
      return connection.close(closeCodes.messageTooBig, `message over ${String(route.maxMessageBytes)} bytes`);
    }
    if (route.binary !== undefined) return route.binary(connection, size);
    return connection.close(closeCodes.unsupportedData, "binary frames are not supported");
  };
  /** Text: null for what the route takes no text of. */
  const take = (connection: SocketConnection<unknown>, text: string | null, size: number): void => {
    if (text === null) return guarded(connection, "message", () => refuse(connection, size));
    try {
      settle(connection, "message", route.message(connection, text));
    } catch (error) {
      fail(connection, "message", error);
    }
  };
  /** Once per socket, for a close by either side. */
  const closed = ({ connection, refusedWith, undecided }: SocketUserData, code: number, reason: string): void => {
    if (refusedWith !== undefined) return;
    hooks.onClose(connection);
    const tell = (): void => guarded(connection, "close", () => route.close?.(connection, code, reason));
    if (undecided?.isAccepted !== false) return tell();
    if (connection.closedWith === undefined) undecided.left(tell);
    else undecided.gone();
  };
  /** Once per socket, however its end was noticed. */
  const gone = (data: SocketUserData, wasOpen: boolean, code: number, reason: string): void => {
    if (wasOpen) closed(data, code, reason);
    hooks.onGone(data);
  };
  const callbacks: SocketCallbacks = {
    onClosing: closed,
    onLost: (data, wasOpen) => gone(data, wasOpen, brokenConnection, ""),
  };
  return {
    compression: COMPRESSION_DISABLED,
    maxPayloadLength: transportLimitBytes(route.maxMessageBytes),
    // The queue is bounded by SocketConnection, which closes with a code; uWS alone would drop messages silently.
    maxBackpressure: 0,
    closeOnBackpressureLimit: false,
    idleTimeout: route.idleTimeoutSeconds ?? defaultIdleTimeoutSeconds,
    sendPingsAutomatically: true,
    maxLifetime: 0,
    open: (ws) => {
      const data = ws.getUserData();
      const { connection, refusedWith, undecided } = data;
      connection.attach(ws, data, callbacks);
      // uWS is inside the upgrade's cork here: a microtask later the new socket can be corked, and closed, like any other.
      if (refusedWith !== undefined) {
        return queueMicrotask(() => connection.close(refusedWith.code, refusedWith.reason));
      }
      hooks.onOpen(connection);
      const begin = (): void => {
        if (connection.isOpen || undecided?.hasLeft === true)
          guarded(connection, "open", () => route.open?.(connection));
      };
      if (undecided === undefined) queueMicrotask(begin);
      else undecided.hold(0, begin);
    },
    message: (ws, message, isBinary) => {
      const { connection, refusedWith, undecided } = ws.getUserData();
      if (refusedWith !== undefined || connection.isEnding) return;
      const size = message.byteLength;
      const text = isBinary || size > route.maxMessageBytes ? null : Buffer.from(message).toString("utf8");
      if (undecided?.isWaiting !== true) return take(connection, text, size);
      const later = (): void => {
        if (connection.isOpen || undecided.hasLeft) take(connection, text, size);
      };
      const held = undecided.hold(text === null ? 0 : size, later);
      if (held === "flood") connection.close(closeCodes.slowConsumer, "too many messages ahead of the join's answer");
      // Others' messages: this peer has done nothing that its address should pay for.
      if (held === "full") connection.close(closeCodes.joinLater, "too many joins wait for their answer: join again");
    },
    drain: (ws) => {
      const { connection, refusedWith, undecided } = ws.getUserData();
      if (refusedWith !== undefined) return;
      if (connection.isEnding) return connection.drained();
      if (undecided?.isAccepted === false) return;
      guarded(connection, "drain", () => route.drain?.(connection));
    },
    close: (ws, code, message) => {
      const data = ws.getUserData();
      gone(data, data.connection.detach(), code, Buffer.from(message).toString("utf8"));
    },
  };
}
