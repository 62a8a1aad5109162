/** Every error of this library. `retryable` says whether the same call may succeed later without a change by the operator. */
export const httpErrorTable = {
  HTTP_ADDRESS_IN_USE: { retryable: true },
  HTTP_ADDRESS_DENIED: { retryable: false },
  HTTP_ADDRESS_UNAVAILABLE: { retryable: false },
  HTTP_ROUTE_INVALID: { retryable: false },
} as const;

export type HttpErrorCode = keyof typeof httpErrorTable;

/** A server that could not start. The message names host, port and the next step. */
export class HttpServerError extends Error {
  readonly code: HttpErrorCode;
  readonly retryable: boolean;

  constructor(code: HttpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpServerError";
    this.code = code;
    this.retryable = httpErrorTable[code].retryable;
  }
}
