import { isStoreError } from "@p4/event-store";
import { problem, type HttpRoute } from "@p4/http";
import { isPaydError, paydErrors } from "../errors.ts";

/**
 * Turns the wallet's own errors into problem documents, and a store that is away into 503; all others are the server's to
 * log and to answer with 500.
 */
export function answerErrors(route: HttpRoute): HttpRoute {
  return {
    ...route,
    async handle(request) {
      try {
        return await route.handle(request);
      } catch (error) {
        if (isStoreError(error) && error.retryable) {
          const detail = "the wallet's store cannot be reached at the moment";
          return problem(503, { code: error.code, title: "try again later", detail }, { "retry-after": "1" });
        }
        if (!isPaydError(error)) throw error;
        const { httpStatus, title } = paydErrors[error.code];
        return problem(httpStatus, { code: error.code, title, detail: error.message });
      }
    },
  };
}
