import type { HttpRequest as UwsRequest, HttpResponse as UwsResponse } from "uWebSockets.js";
import type { ClientAddress } from "./client-address.ts";
import { cors, corsHeaders, type CorsPolicy } from "./cors.ts";
import { bodyPace, Exchange, type BodyFailure } from "./exchange.ts";
import type { HttpResponse, HttpRoute } from "./http-route.ts";
import { IncomingRequest } from "./incoming-request.ts";
import { problem } from "./responses.ts";
import { Router } from "./router.ts";
import { findBadHeader } from "./status-text.ts";
import type { SendQueues } from "./send-queues.ts";
import type { UpgradeRefusal } from "./upgrade-refusal.ts";

const defaultMaxBodyBytes = 1024 * 1024;

export interface DispatcherOptions {
  readonly routes: readonly HttpRoute[];
  /** Paths that exist only as WebSockets: a plain request there is answered 426. */
  readonly webSocketPaths: readonly string[];
  readonly cors: CorsPolicy | undefined;
  readonly clientAddress: ClientAddress;
  readonly onError: (error: unknown, where: string) => void;
  readonly bodyTimeoutMs: number;
  readonly maxStreamQueuedBytes: number;
  readonly sendQueues: SendQueues | undefined;
}

/** Takes requests from uWS, finds their route, and sends exactly one response to each. Knows which are still running. */
export class HttpDispatcher {
  readonly options: DispatcherOptions;
  readonly #router = new Router<HttpRoute | "webSocket">();
  readonly #running = new Set<Exchange>();
  /** Where responses that stay open have their places. Undefined: without a limit. */
  places: ((address: string) => UpgradeRefusal | (() => void)) | undefined;
  #draining = false;
  #onIdle: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    this.options = options;
    for (const route of options.routes) this.#router.add(route.path, route);
    for (const path of options.webSocketPaths) this.#router.add(path, "webSocket");
  }

  get running(): number {
    return this.#running.size;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  /** From now on each response asks the client to close its connection. */
  drain(): void {
    this.#draining = true;
    for (const exchange of this.#running) exchange.closeAfter = true;
  }

  /** Resolves when no request is running, or after `deadlineMs`. */
  async idle(deadlineMs: number): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Copies the request, which uWS lends for this call only, and registers the exchange as running. */
  begin(res: UwsResponse, req: UwsRequest, address = this.options.clientAddress(res, req)): Exchange {
    const exchange = new Exchange(res, new IncomingRequest(req, address), () => {
      this.#running.delete(exchange);
      exchange.releasePlace?.();
      if (this.#running.size === 0) this.#onIdle?.();
    });
    exchange.closeAfter = this.#draining;
    this.#running.add(exchange);
    return exchange;
  }

  handle(res: UwsResponse, req: UwsRequest): void {
    const exchange = this.begin(res, req);
    const { request } = exchange;
    if (request.method === "OPTIONS" && (request.path === "/" || request.path === "*")) {
      return this.send(exchange, cors(this.options.cors, request, serverMethods));
    }
    const result = this.#router.match(request.path);
    if (result.kind === "notFound")
      return this.refuse(exchange, 404, "HTTP_NOT_FOUND", `nothing is at ${request.path}`);
    if (result.kind === "badEncoding") {
      return this.refuse(
        exchange,
        400,
        "HTTP_BAD_PATH",
        `path parameter "${result.param}" has invalid percent-encoding`,
      );
    }
    const { entries, params } = result.match;
    const wanted = request.method === "HEAD" ? "GET" : request.method;
    const route = entries.find((entry) => entry !== "webSocket" && entry.method === wanted);
    if (route === undefined || route === "webSocket") return this.#refuseMethod(exchange, entries);
    request.params = params;
    if (route.holdsPlace === true && !this.#holdPlace(exchange)) return;
    const limit = route.maxBodyBytes ?? defaultMaxBodyBytes;
    exchange.readBody(limit, this.options.bodyTimeoutMs, (failure) => {
      if (failure === undefined)
        this.run(
          exchange,
          `${route.method} ${route.path}`,
          () => route.handle(request),
          (r) => this.send(exchange, r),
        );
      else this.#refuseBody(exchange, failure, limit);
    });
  }

  /** False: there is none, and the request is refused. */
  #holdPlace(exchange: Exchange): boolean {
    const held = this.places?.(exchange.request.remoteAddress);
    if (held === undefined) return true;
    if (typeof held === "function") {
      exchange.releasePlace = held;
      return true;
    }
    const { status, code, detail, retryAfterSeconds = 1 } = held;
    this.refuse(exchange, status, code, detail, { "retry-after": String(retryAfterSeconds) });
    return false;
  }

  /** Runs a handler; a failure is reported and answered 500. `then` gets the result even if the client has gone; `after` comes last. */
  run<T>(
    exchange: Exchange,
    where: string,
    work: () => T | Promise<T>,
    then: (result: T) => void,
    after?: () => void,
  ): void {
    const fail = (error: unknown): void => {
      this.options.onError(error, where);
      this.refuse(exchange, 500, "HTTP_INTERNAL_ERROR", "the server failed to handle this request");
    };
    try {
      const result = work();
      if (result instanceof Promise) {
        void result.then(then).catch(fail).finally(after);
        return;
      }
      then(result);
    } catch (error) {
      fail(error);
    }
    after?.();
  }

  /** Sends a handler's response. Throws on a header that would break the response apart. */
  send(exchange: Exchange, response: HttpResponse): void {
    const bad = findBadHeader(response.headers);
    if (bad !== undefined) throw new Error(`response header "${bad}" holds characters that HTTP does not allow`);
    const policy = this.options.cors;
    const extra = policy === undefined ? undefined : corsHeaders(policy, exchange.request);
    const whole = extra === undefined ? response : { ...response, headers: { ...extra, ...response.headers } };
    const where = `${exchange.request.method} ${exchange.request.path} stream`;
    exchange.respond(whole, this.options, (error) => this.options.onError(error, where));
  }

  refuse(exchange: Exchange, status: number, code: string, detail: string, headers: Record<string, string> = {}): void {
    const title = titles[status] ?? "Refused";
    this.send(exchange, problem(status, { code, title, detail }, headers));
  }

  #refuseMethod(exchange: Exchange, entries: readonly (HttpRoute | "webSocket")[]): void {
    const { request } = exchange;
    const methods = entries.flatMap((entry) =>
      entry === "webSocket" ? ["GET"] : entry.method === "GET" ? ["GET", "HEAD"] : [entry.method],
    );
    const allowed = [...new Set([...methods, "OPTIONS"])];
    if (request.method === "OPTIONS") return this.send(exchange, cors(this.options.cors, request, allowed));
    const socketOnly = entries.includes("webSocket") && (request.method === "GET" || request.method === "HEAD");
    if (socketOnly) {
      return this.refuse(exchange, 426, "HTTP_UPGRADE_REQUIRED", "connect here with a WebSocket", {
        upgrade: "websocket",
      });
    }
    this.refuse(exchange, 405, "HTTP_METHOD_NOT_ALLOWED", `use ${allowed.join(", ")}`, { allow: allowed.join(", ") });
  }

  #refuseBody(exchange: Exchange, failure: BodyFailure, limit: number): void {
    if (failure === "tooLarge")
      this.refuse(exchange, 413, "HTTP_BODY_TOO_LARGE", `the body may have at most ${String(limit)} bytes`);
    else
      this.refuse(
        exchange,
        408,
        "HTTP_BODY_TOO_SLOW",
        `the body must arrive within ${String(this.options.bodyTimeoutMs)} ms, and ${String(bodyPace.bytes)} bytes or its rest within each ${String(bodyPace.withinMs)}`,
      );
  }
}

/** What OPTIONS of the server as a whole (RFC 9110, 9.3.7) is told. Deployed wallets choose a server by its 204. */
const serverMethods = ["GET", "HEAD", "POST", "OPTIONS"];

const titles: Record<number, string> = {
  400: "Bad request",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  413: "Body too large",
  426: "Upgrade required",
  429: "Too many connections",
  500: "Internal error",
  503: "Service unavailable",
};
