import { problem, type HttpRoute } from "@p4/http";
import { isPaydError, paydErrors } from "../errors.ts";

/** Turns the wallet's own errors into problem documents; all others are the server's to log and to answer with 500. */
export function answerErrors(route: HttpRoute): HttpRoute {
  return {
    ...route,
    async handle(request) {
      try {
        return await route.handle(request);
      } catch (error) {
        if (!isPaydError(error)) throw error;
        const { httpStatus, title } = paydErrors[error.code];
        return problem(httpStatus, { code: error.code, title, detail: error.message });
      }
    },
  };
}
