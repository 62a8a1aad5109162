import type { HttpRequest, HttpResponse, TemplatedApp, us_socket_context_t } from "uWebSockets.js";
import { closeReason } from "@p4/protocol";
import { peerAddress, type Peer } from "./client-address.ts";
import type { CorkAnchor } from "./cork-anchor.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpDispatcher } from "./http-dispatcher.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import { handshakeFault } from "./handshake-head.ts";
import { Router } from "./router.ts";
import type { SendQueues } from "./send-queues.ts";
import { SocketConnection, type SocketUserData } from "./socket-connection.ts";
import { behaviorOf, defaultMaxQueuedBytes } from "./web-socket-behavior.ts";
import { JoinRate } from "./join-rate.ts";
import { badPath, draining, full, refusalsFor, tooManyUnderWay, type HubLimits } from "./upgrade-limits.ts";
import {
  anySubprotocol,
  ClosingRefusals,
  headOf,
  headOfCopy,
  refusalResponse,
  refuseAtOnce,
  type UpgradeHead,
  type UpgradeRefusal,
} from "./upgrade-refusal.ts";
import {
  closeCodes,
  type AnyWebSocketRoute,
  type EarlyUpgrade,
  type UpgradeAnswer,
  type UpgradeDecision,
} from "./web-socket-route.ts";
import { HeldBytes, Undecided } from "./undecided.ts";

interface Attempt {
  readonly route: AnyWebSocketRoute;
  readonly address: string;
  readonly res: HttpResponse;
  readonly req: HttpRequest;
  readonly context: us_socket_context_t;
}

/** It counts nowhere, and nothing is ever sent to it but its close frame. */
function refused(code: number, refusal: UpgradeRefusal, address: string): SocketUserData {
  const refusedWith = { code, reason: closeReason(refusal.code, refusal.detail) };
  return { connection: new SocketConnection<unknown>(null, address, 0), refusedWith };
}

function upgrade(
  res: HttpResponse,
  data: SocketUserData,
  protocol: string,
  { head, context }: { readonly head: UpgradeHead; readonly context: us_socket_context_t },
): void {
  res.upgrade(data, head.header("sec-websocket-key"), protocol, head.header("sec-websocket-extensions"), context);
}

/**
 * A promise may be settled while uWS reads another request: microtasks run at the end of that request's callback. An upgrade
 * in there is taken for the upgrade of the request that is read; uWS then mixes up the two sockets, and ends the process
 * when something of the other one was still to be written.
 */
function afterThisCall<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(resolve, value));
}

/** What a socket that was closed with 4290 costs its address, in joins. */
const joinsPerAbuse = 100;

/** All WebSockets of one server: admits upgrades within the limits and knows every open socket. */
export class WebSocketHub {
  readonly #dispatcher: HttpDispatcher;
  readonly #limits: HubLimits;
  readonly #refusals: ReturnType<typeof refusalsFor>;
  readonly #anchor: CorkAnchor;
  readonly #open = new Set<SocketConnection<unknown>>();
  /** Open sockets and upgrades being decided, so that a burst cannot pass the limit. */
  readonly #perAddress = new Map<string, number>();
  readonly #rate: JoinRate;
  readonly #closing: ClosingRefusals;
  readonly #held = new HeldBytes();
  readonly #onGone: () => void;
  readonly #queues: SendQueues | undefined;
  /** Upgrades made ahead of their decision. */
  #undecided = 0;
  #cutOff = 0;
  /** Sockets that are closed while something waits for their peer: they hold their places until it is sent. */
  #ending = 0;
  #admitted = 0;
  /** Of those, what is no WebSocket. */
  #streams = 0;

  /** @param onGone called when a socket's connection ends: uWS's filter never hears of it. */
  constructor(
    dispatcher: HttpDispatcher,
    limits: HubLimits,
    anchor: CorkAnchor,
    onGone: () => void,
    queues?: SendQueues,
  ) {
    this.#onGone = onGone;
    this.#queues = queues;
    this.#dispatcher = dispatcher;
    this.#anchor = anchor;
    this.#limits = limits;
    this.#refusals = refusalsFor(limits);
    this.#rate = new JoinRate(limits.upgradeRatePerIp, performance.now());
    this.#closing = new ClosingRefusals(performance.now());
  }

  get size(): number {
    return this.#open.size;
  }

  /** Connections closed without an answer since the start. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** A burst that goes on although it is refused: reading its requests and answering them would cost more than all else. */
  cutsOff(peer: Peer): boolean {
    const silent = this.#rate.hasSilences && this.#rate.isCutOff(peerAddress(peer), performance.now());
    if (silent) this.#cutOff += 1;
    return silent;
  }

  mount(app: TemplatedApp, route: AnyWebSocketRoute): void {
    const router = new Router<true>();
    router.add(route.path, true);
    const behavior = behaviorOf(route, {
      onOpen: (connection) => this.#open.add(connection),
      onClose: (connection) => {
        this.#open.delete(connection);
        this.#ending += 1;
        // A flood that comes back at once would cost its joins and its refusals again and again. A peer may say 4290 as well.
        if (connection.closedWith === closeCodes.slowConsumer) {
          this.#rate.charge(connection.remoteAddress, joinsPerAbuse, performance.now());
        }
      },
      onGone: ({ connection, refusedWith }) => {
        this.#onGone();
        if (refusedWith !== undefined) return;
        this.#ending -= 1;
        this.#release(connection.remoteAddress);
      },
      onError: this.#dispatcher.options.onError,
    });
    app.ws<SocketUserData>(route.path, {
      ...behavior,
      upgrade: (res, req, context) => {
        // uWS calls this for any GET at the path that carries a key; a plain GET falls through to the HTTP routes.
        const address = this.#dispatcher.options.clientAddress(res, req);
        // Before the request is even copied: a burst of joins must cost little.
        const verdict = this.#mayTry(address, res);
        if (verdict === "cutOff") return this.#end(res);
        const refusal = verdict ?? handshakeFault(req) ?? route.rejectEarly?.(req.getParameter(0) ?? "") ?? null;
        if (refusal !== null) return this.#refuseAtOnce(refusal, { route, address, res, req, context });
        const exchange = this.#dispatcher.begin(res, req, address);
        const match = router.match(exchange.request.path);
        if (match.kind !== "found") return this.#refuse(exchange, badPath, route, context);
        this.#take(address);
        exchange.request.params = match.match.params;
        this.#decide(exchange, route, context);
      },
    });
  }

  closeAll(code: number, reason: string): void {
    for (const connection of [...this.#open]) connection.close(code, reason);
  }

  /** Null, or why this address may not ask for a place now. The rate comes first: whatever is answered counts as a try. */
  #mayTry(address: string, peer: Peer): UpgradeRefusal | "cutOff" | null {
    const limits = this.#limits;
    if (this.#dispatcher.isDraining) return draining;
    const pace = this.#rate.take(address, performance.now());
    // A proxy takes a connection that ends without an answer for a broken edge, and would stop routing here for a while.
    if (pace === "cutOff" && address === peerAddress(peer)) return "cutOff";
    if (pace !== "passes") return this.#refusals.joins;
    if (this.#admitted >= limits.maxConnections) return full;
    if ((this.#perAddress.get(address) ?? 0) >= limits.maxConnectionsPerIp) return this.#refusals.connections;
    const underWay = this.#admitted - this.#streams - this.#open.size - this.#ending + this.#undecided;
    return underWay >= limits.maxUpgradesUnderWay ? tooManyUnderWay : null;
  }

  /** Also a connection from before the silence, on which requests keep coming: what is not read costs nothing. */
  #end(res: HttpResponse): void {
    this.#cutOff += 1;
    res.close();
  }

  /** A place for a response that stays open: a refusal, or what gives the place back. */
  holdPlace(address: string): UpgradeRefusal | (() => void) {
    const { maxConnections, maxConnectionsPerIp } = this.#limits;
    if (this.#admitted >= maxConnections) return full;
    if ((this.#perAddress.get(address) ?? 0) >= maxConnectionsPerIp) return this.#refusals.connections;
    this.#take(address);
    this.#streams += 1;
    return () => {
      this.#streams -= 1;
      this.#release(address);
    };
  }

  #take(address: string): void {
    this.#admitted += 1;
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
  }

  #release(address: string): void {
    this.#admitted -= 1;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  /** Before anything of the request is copied. */
  #refuseAtOnce(refusal: UpgradeRefusal, { route, address, res, req, context }: Attempt): void {
    const head = headOf(req);
    const code = route.closeCodeFor?.(refusal, head) ?? null;
    // Only a sound handshake can become a socket.
    if (code === null || handshakeFault(req) !== null || !this.#mayClose(address)) return refuseAtOnce(res, refusal);
    this.#anchor.run(() => upgrade(res, refused(code, refusal, address), anySubprotocol(head), { head, context }));
  }

  #refuse(exchange: Exchange, refusal: UpgradeRefusal, route: AnyWebSocketRoute, context: us_socket_context_t): void {
    const address = exchange.request.remoteAddress;
    const head = headOfCopy(exchange.request);
    const code = route.closeCodeFor?.(refusal, head) ?? null;
    if (code === null || !this.#mayClose(address)) return this.#dispatcher.send(exchange, refusalResponse(refusal));
    const data = refused(code, refusal, address);
    exchange.takeOver((res) => upgrade(res, data, anySubprotocol(head), { head, context }), this.#anchor);
  }

  #mayClose(address: string): boolean {
    return this.#closing.take(address, performance.now());
  }

  #decide(exchange: Exchange, route: AnyWebSocketRoute, context: us_socket_context_t): void {
    const { request } = exchange;
    let opened = false;
    let isLate = false;
    const open = (protocol: string | undefined, data: SocketUserData): void => {
      const head = headOfCopy(request);
      const write = (res: HttpResponse): void => upgrade(res, data, protocol ?? "", { head, context });
      opened = exchange.takeOver(write, isLate ? this.#anchor : null);
    };
    const settle = (decision: UpgradeDecision<unknown> | EarlyUpgrade<unknown>): void => {
      if ("decision" in decision) return this.#openEarly(decision, request, route, open);
      if (!decision.accept) return this.#refuse(exchange, decision.refusal, route, context);
      // The decision may have taken a while; a server that is closing must not open sockets that would never be closed.
      if (this.#dispatcher.isDraining) {
        this.#refuse(exchange, draining, route, context);
        // The route has accepted and waits for its socket: what it holds for this join has to be let go.
        return request.markGone();
      }
      open(decision.protocol, { connection: this.#connect(decision.data, request, route) });
    };
    // Whatever happened - refused, failed, gone - a slot without a socket is given back.
    const after = (): void => {
      if (!opened) this.#release(request.remoteAddress);
    };
    const ask = () => {
      const decision: UpgradeAnswer<unknown> = route.upgrade(request);
      if (!(decision instanceof Promise)) return decision;
      isLate = true;
      return decision.then(afterThisCall);
    };
    this.#dispatcher.run(exchange, `upgrade ${route.path}`, ask, settle, after);
  }

  #connect(data: unknown, { remoteAddress }: IncomingRequest, { maxQueuedBytes }: AnyWebSocketRoute) {
    return new SocketConnection(data, remoteAddress, maxQueuedBytes ?? defaultMaxQueuedBytes, this.#queues);
  }

  #openEarly(
    { protocol, decision, closeCode }: EarlyUpgrade<unknown>,
    request: IncomingRequest,
    route: AnyWebSocketRoute,
    open: (protocol: string | undefined, data: SocketUserData) => void,
  ): void {
    const connection = this.#connect(null, request, route);
    const undecided = new Undecided(route.maxMessageBytes, this.#held, () => request.markGone());
    open(protocol, { connection, undecided });
    this.#undecided += 1;
    const settle = (decided: UpgradeDecision<unknown>): void => {
      // Closed meanwhile: whoever has accepted has been told by the request's signal.
      if (!undecided.isWaiting) return;
      if (decided.accept) {
        connection.data = decided.data;
        return undecided.accept();
      }
      const { code, detail } = decided.refusal;
      connection.close(closeCode(decided.refusal), closeReason(code, detail));
      undecided.gone();
    };
    const fail = (error: unknown): void => {
      this.#dispatcher.options.onError(error, `upgrade ${route.path}`);
      connection.close(closeCodes.internalError, "internal error");
      undecided.gone();
    };
    void decision
      .then(settle)
      .catch(fail)
      .finally(() => (this.#undecided -= 1));
  }
}
