import type { Traced } from "@p4/app";
import type { ChannelCommand } from "@p4/channel";
import type { SubmitResult } from "@p4/channel-host";
import type { HttpRequest } from "@p4/http";
import { parseTraceparent, type TraceContext } from "@p4/telemetry";
import type { EdgeContext } from "./edge-context.ts";

/** To the channel; where traces are on, as a span of what came under this key. `parent`: of the one who sent it. */
export function submitTraced(
  key: string,
  command: ChannelCommand,
  to: Traced,
  parent: TraceContext | null,
  { tracing }: Pick<EdgeContext, "tracing">,
): Promise<SubmitResult> {
  if (tracing === null) return to.submit(command);
  return tracing.submit({ name: `receive ${key}`, kind: "server", parent }, command, to);
}

/** The trace that a request belongs to by its own word; null without one, and while traces are off. */
export function traceOf({ headers }: Pick<HttpRequest, "headers">, { tracing }: Pick<EdgeContext, "tracing">) {
  return tracing === null ? null : parseTraceparent(headers.get("traceparent"));
}
