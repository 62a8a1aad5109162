/** Files that cannot let a program in. `message` completes a sentence that begins with the setting; it shows no secret. */
export class AccessError extends Error {
  readonly code = "ACCESS_INVALID";
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AccessError";
  }
}

/** Guard by code, so that it also holds across copies of this package. */
export function isAccessError(error: unknown): error is AccessError {
  return error instanceof Error && "code" in error && error.code === "ACCESS_INVALID";
}
