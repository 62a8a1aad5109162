/** A request that can never succeed as it is. The message names the field and the rule; the client is answered 400. */
export class BadRequestError extends Error {
  readonly code = "BAD_REQUEST";

  constructor(message: string) {
    super(message);
    this.name = "BadRequestError";
  }
}

export function isBadRequest(error: unknown): error is BadRequestError {
  return error instanceof Error && "code" in error && error.code === "BAD_REQUEST";
}
