import { isStoreError } from "@p4/event-store";
import type { HttpRoute } from "@p4/http";
import { pageResponse, prefersPage, type Assets } from "@p4/pages";
import { isPaydError, paydErrors } from "../errors.ts";
import { MessagePage } from "../pages/message-page.tsx";
import { answerErrors } from "./answer-errors.ts";

/** As `answerErrors`, with a page for clients that accept one. */
export function answerPageErrors(route: HttpRoute, assets: Assets): HttpRoute {
  const plain = answerErrors(route);
  return {
    ...route,
    async handle(request) {
      if (!prefersPage(request.headers)) return plain.handle(request);
      try {
        return await route.handle(request);
      } catch (error) {
        if (isStoreError(error) && error.retryable) {
          const detail = "The wallet's store cannot be reached. Nothing is lost; try again in a moment.";
          const page = <MessagePage assets={assets} headline="Back in a moment" detail={detail} retry />;
          return pageResponse(page, 503);
        }
        if (!isPaydError(error)) throw error;
        const isUnknown = error.code === "PAYD_INVOICE_UNKNOWN";
        const headline = isUnknown ? "There is no such invoice" : "This did not work";
        const detail = isUnknown
          ? "The link is mistyped, or cut off at its end. Ask the merchant for it."
          : error.message;
        const page = <MessagePage assets={assets} headline={headline} detail={detail} retry={error.retryable} />;
        return pageResponse(page, paydErrors[error.code].httpStatus);
      }
    },
  };
}
