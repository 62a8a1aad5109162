import type { HttpRoute } from "@p4/http";
import { warningHeader } from "@p4/protocol";
import type { EdgeContext } from "../edge-context.ts";
import { answerRoute } from "./answer-route.ts";
import { channelEventsRoute } from "./channel-events-route.ts";
import { paymentRequestRoute } from "./payment-request-route.ts";
import { paymentRoute } from "./payment-route.ts";

/** The way in for wallets without sockets. */
export function bridgeRoutes(context: EdgeContext): HttpRoute[] {
  return [paymentRequestRoute(context), paymentRoute(context), answerRoute(context), channelEventsRoute(context)];
}

/** Response headers that pages in browsers need to read. */
export const exposedHeaders = ["location", "retry-after", "preference-applied", warningHeader] as const;
