/** One HTTP request, whole: the body has been read and is within the route's limit. Safe to keep after the handler returns. */
export interface HttpRequest {
  /** Upper case: "GET". A HEAD request reaches its GET route with method "HEAD". */
  readonly method: string;
  /** The path as sent, percent-encoding untouched, without the query. */
  readonly path: string;
  /** Percent-decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Header names are lower case; a repeated header is joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** What limits count for: the client's IPv4 address, in dotted form even on a dual-stack socket, or its IPv6 network, as `2001:db8:0:7::/64`. */
  readonly remoteAddress: string;
  /**
   * Aborts when the client goes away before the response is complete; and when a join that was accepted gets no socket after
   * all, because the server has begun to close.
   */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * Instead of `body`: writes the response piece by piece, for server-sent events. The response ends at `writer.end()`, and, when
   * `stream` returns a promise, once that promise settles.
   */
  readonly stream?: (writer: StreamWriter) => void | Promise<void>;
}

/** Writes one streamed response. All methods are harmless after the end or after the client has gone. */
export interface StreamWriter {
  /** False when the client reads slower than we write. What was written is queued and will be sent; wait for `drained()`. */
  write(chunk: string | Uint8Array): boolean;
  /** Resolves when the queue is empty, or when the client has gone. */
  drained(): Promise<void>;
  end(): void;
  /** Aborts when the client goes away, or when its queue grew beyond the limit and the server closed the connection. */
  readonly signal: AbortSignal;
}

export interface HttpRoute {
  /** Upper case. A GET route answers HEAD as well. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** "/proofs/:txid": literal segments and `:name` parameters; a last segment `*` takes the rest as parameter "*". */
  readonly path: string;
  /** Default 1 MiB. A larger body is answered 413; no more than this is ever kept in memory. */
  readonly maxBodyBytes?: number;
  /** Its responses stay open, as sockets do: they count in the limits of these, in total and of one address. */
  readonly holdsPlace?: true;
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}
