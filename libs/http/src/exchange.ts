import type { HttpResponse as UwsResponse } from "uWebSockets.js";
import type { HttpResponse } from "./http-route.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { CorkAnchor } from "./cork-anchor.ts";
import { ChunkedStream, type StreamLimits } from "./chunked-stream.ts";
import { UnsentBody } from "./unsent-body.ts";
import { reasonPhrase } from "./status-text.ts";

/** Less than this is taken by the kernel at once, or costs little. */
const largeBytes = 65_536;

/** Why a body could not be read. */
export type BodyFailure = "tooLarge" | "tooSlow";

// Most clients read the answer only after sending the whole body, so a body somewhat over the limit is read and thrown away.
const maxDiscardedBytes = 8 * 1024 * 1024;

/**
 * uWS ends a connection without an answer, 8 to 12 s after its head or after the last `bytes` of its body, unless `bytes` more
 * have come by then. Slower bodies are answered before.
 */
export const bodyPace = { bytes: 10 * 16 * 1024, withinMs: 7_000 } as const;

/**
 * One request and its response on uWS. uWS forbids any use of `res` after an abort or an end: every access goes through here
 * and is guarded by `#over`.
 */
export class Exchange {
  readonly request: IncomingRequest;
  readonly #res: UwsResponse;
  readonly #onOver: () => void;
  #over = false;
  /** Set while a body is read or streamed: runs once if the client goes away. */
  #onGone: (() => void) | undefined;
  /** Gives back the place that this exchange holds, once it is over. */
  releasePlace: (() => void) | undefined;
  /** Ask the client to close the connection after this response. */
  closeAfter = false;

  constructor(res: UwsResponse, request: IncomingRequest, onOver: () => void) {
    this.#res = res;
    this.request = request;
    this.#onOver = onOver;
    res.onAborted(() => {
      if (this.#over) return;
      this.#over = true;
      request.markGone();
      this.#onGone?.();
      onOver();
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Reads the body into the request, keeping at most `maxBytes`; calls back once unless the client goes away first. */
  readBody(maxBytes: number, timeoutMs: number, done: (failure: BodyFailure | undefined) => void): void {
    const declared = Number(this.request.headers.get("content-length") ?? 0);
    if (declared === 0 && !this.request.headers.has("transfer-encoding")) return done(undefined);
    // A client that asks first (curl, over 1 MiB) has sent nothing yet; one with far too much is not worth reading.
    const hopeless =
      declared > maxBytes && (this.request.headers.has("expect") || declared > maxBytes + maxDiscardedBytes);
    if (hopeless) {
      this.closeAfter = true;
      return done("tooLarge");
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    let finished = false;
    const timer = setTimeout(() => finish("tooSlow"), timeoutMs);
    let pace = setTimeout(() => finish("tooSlow"), bodyPace.withinMs);
    let paced = 0;
    const stopTimers = (): void => {
      clearTimeout(timer);
      clearTimeout(pace);
    };
    const finish = (failure: BodyFailure | undefined): void => {
      if (finished) return;
      finished = true;
      stopTimers();
      this.#onGone = undefined;
      // Unread bytes would be taken for the next request's head, so such a connection ends here.
      if (failure === "tooSlow" || size > maxBytes + maxDiscardedBytes) this.closeAfter = true;
      done(failure);
    };
    this.#onGone = () => {
      finished = true;
      stopTimers();
    };
    this.#res.onData((chunk, isLast) => {
      if (finished) return;
      size += chunk.byteLength;
      if (size - paced >= bodyPace.bytes) {
        paced = size;
        pace = pace.refresh();
      }
      if (size > maxBytes) {
        chunks.length = 0;
        if (isLast || size > maxBytes + maxDiscardedBytes) finish("tooLarge");
        return;
      }
      // uWS takes the chunk's memory back when this callback returns.
      if (chunk.byteLength > 0) chunks.push(new Uint8Array(chunk.slice(0)));
      if (!isLast) return;
      this.request.body = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size);
      finish(undefined);
    });
  }

  /** Sends the response, unless the client has gone or one was sent already. */
  respond(response: HttpResponse, limits: StreamLimits, onStreamError: (error: unknown) => void): void {
    if (this.#over) return;
    const stream = response.stream;
    if (stream === undefined || this.request.method === "HEAD") {
      if (this.#isLarge(response)) return this.#sendLarge(response, limits);
      this.#over = true;
      this.#res.cork(() => {
        this.#writeHead(response);
        this.#writeBody(response);
      });
      this.#onOver();
      return;
    }
    const writer = new ChunkedStream(this.#res, this.request, limits, () => {
      if (this.#over) return;
      this.#over = true;
      this.#onOver();
    });
    this.#onGone = () => writer.markGone();
    this.#res.cork(() => this.#writeHead(response));
    writer.run(stream, onStreamError);
  }

  /** One that ends its connection is sent by uWS itself. */
  #isLarge({ status, body = "" }: HttpResponse): boolean {
    if (this.closeAfter || this.request.method === "HEAD" || status === 204 || status === 304) return false;
    return body.length > largeBytes;
  }

  #sendLarge(response: HttpResponse, limits: StreamLimits): void {
    const { body = "" } = response;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const finish = (): void => {
      this.#over = true;
      this.#onGone = undefined;
      this.#onOver();
    };
    let isSent = false;
    this.#res.cork(() => {
      this.#writeHead(response);
      isSent = this.#res.tryEnd(bytes, bytes.length)[1];
    });
    if (isSent) return finish();
    const unsent = new UnsentBody(this.#res, bytes, finish, limits.sendQueues);
    this.#onGone = () => unsent.markGone();
  }

  /**
   * Hands the socket over: from here on it belongs to the WebSocket. False when the client has gone. Without an anchor only in
   * uWS's own callback for the upgrade, in which its answer is corked already.
   */
  takeOver(upgrade: (res: UwsResponse) => void, anchor: CorkAnchor | null): boolean {
    if (this.#over) return false;
    this.#over = true;
    if (anchor === null) upgrade(this.#res);
    else anchor.run(() => upgrade(this.#res));
    this.#onOver();
    return true;
  }

  #writeHead(response: HttpResponse): void {
    this.#res.writeStatus(`${String(response.status)} ${reasonPhrase(response.status)}`);
    for (const name in response.headers) this.#res.writeHeader(name, response.headers[name] as string);
  }

  #writeBody(response: HttpResponse): void {
    const body = response.body ?? "";
    // 204 and 304 carry no content-length at all (RFC 9110 section 8.6).
    if (response.status === 204 || response.status === 304) this.#endWithoutLength();
    else if (this.request.method === "HEAD") this.#res.endWithoutBody(Buffer.byteLength(body), this.closeAfter);
    else this.#res.end(body, this.closeAfter);
  }

  /** uWS takes `undefined` for a length, of some nine quintillion bytes: without one the call has no arguments at all. */
  #endWithoutLength(): void {
    if (this.closeAfter) this.#res.endWithoutBody(0, true);
    else this.#res.endWithoutBody();
  }
}
