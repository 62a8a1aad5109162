import { closeCodes as table } from "@p4/protocol";
import type { HttpRequest } from "./http-route.ts";
import type { UpgradeHead, UpgradeRefusal } from "./upgrade-refusal.ts";

/** What became of one `send`. Nothing is dropped silently: "dropped" means the socket is closed, or was just closed with 4290. */
export type SendResult = "sent" | "backpressure" | "dropped";

/** One open WebSocket. Every method is harmless after the close. */
export interface WebSocketConnection<Data> {
  /** The route's own state, as given by `upgrade`. */
  readonly data: Data;
  /** As in HttpRequest. */
  readonly remoteAddress: string;
  readonly isOpen: boolean;
  /** Sends one text frame. Bytes must be UTF-8: encode once and send the same bytes to many sockets. */
  send(text: string | Uint8Array): SendResult;
  /** Bytes accepted by `send` that the peer has not taken yet. */
  bufferedBytes(): number;
  /** Sends a close frame; the route's `close` callback runs before this returns. `reason` is cut to 123 bytes. */
  close(code: number, reason: string): void;
  /** Runs `writes` with all its frames packed into one system call. */
  cork(writes: () => void): void;
}

export type UpgradeDecision<Data> =
  | { readonly accept: true; readonly data: Data; readonly protocol?: string }
  | { readonly accept: false; readonly refusal: UpgradeRefusal };

/**
 * An upgrade that is all but decided: its socket opens at once, in one system call instead of 24. `open` is called once it is
 * accepted, and messages wait for that; a refusal closes the socket. A client must not take the open socket for more.
 */
export interface EarlyUpgrade<Data> {
  readonly protocol?: string;
  readonly decision: Promise<UpgradeDecision<Data>>;
  readonly closeCode: (refusal: UpgradeRefusal) => number;
}

/** `EarlyUpgrade` has to be returned at once; a promise is for what is decided with statuses of HTTP. */
export type UpgradeAnswer<Data> = UpgradeDecision<Data> | EarlyUpgrade<Data> | Promise<UpgradeDecision<Data>>;

export interface WebSocketRoute<Data> {
  /** "/ws/:channelID", as in HttpRoute. */
  readonly path: string;
  /** Larger messages go to `tooLarge`; see DESIGN.md for those beyond the transport's own limit. */
  readonly maxMessageBytes: number;
  /** Default 4 MiB. A peer with more than this waiting is closed with 4290. */
  readonly maxQueuedBytes?: number;
  /** Default 40: a ping goes out after 24 quiet seconds, and 16 seconds later a silent peer is closed. From 8 to 960. */
  readonly idleTimeoutSeconds?: number;
  /**
   * Asked first, before anything of the request is copied: what it answers costs next to nothing. `parameter` is the path's
   * first one as it was sent. Null: go on to `upgrade`.
   */
  rejectEarly?(parameter: string): UpgradeRefusal | null;
  /**
   * A browser hides the answer to a refused upgrade from its program. For such a client: the code to close with, once its
   * socket was accepted. Null: it is answered as HTTP, as are all when too many are refused.
   */
  closeCodeFor?(refusal: UpgradeRefusal, head: UpgradeHead): number | null;
  upgrade(request: HttpRequest): UpgradeAnswer<Data>;
  open?(socket: WebSocketConnection<Data>): void;
  message(socket: WebSocketConnection<Data>, text: string): void;
  /** A binary frame came. Default: close 1003. */
  binary?(socket: WebSocketConnection<Data>, sizeBytes: number): void;
  /** A message over `maxMessageBytes` came. Default: close 1009. */
  tooLarge?(socket: WebSocketConnection<Data>, sizeBytes: number): void;
  /** The queue became shorter. */
  drain?(socket: WebSocketConnection<Data>): void;
  /** Once per opened socket, for a close by either side. 1006: the connection broke. */
  close?(socket: WebSocketConnection<Data>, code: number, reason: string): void;
}

/** Any route, whatever its data: what `startServer` takes. */
// The data type is private to each route; only the route itself reads it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyWebSocketRoute = WebSocketRoute<any>;

/** What this library closes sockets with by itself: codes of the protocol's table, and two of RFC 6455 that an edge never needs. */
export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  messageTooBig: table.messageTooLarge.code,
  internalError: table.internalError.code,
  slowConsumer: table.overLimits.code,
  joinLater: table.joinLater.code,
} as const;
