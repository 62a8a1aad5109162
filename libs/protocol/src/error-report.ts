import type { FrameOrigin } from "./decode.ts";
import { describeWireError, wireErrors, type WireError } from "./errors.ts";
import type { MessageHeaders } from "./message.ts";

/** An error message to the sender of what was refused. Texts are `""` and the body `null` where nothing is known. */
export interface ErrorReport {
  readonly title: string;
  readonly description: string;
  readonly errCode: string;
  readonly originKey: string;
  readonly originBodyText: string | null;
  readonly id: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly channelId: string;
  /** RFC 3339. */
  readonly timestamp: string | null;
  /** RFC 3339. */
  readonly expiration: string | null;
  readonly headers: MessageHeaders;
  readonly appId: string;
  readonly userId: string;
  readonly clientId: string;
}

export interface ErrorReportInput {
  readonly title: string;
  readonly description: string;
  readonly errCode: string;
  /** The refused message, or what could be read of it. */
  readonly origin: Pick<FrameOrigin, "key" | "messageId" | "correlationId" | "bodyText">;
  readonly channelId: string;
  readonly messageId: string;
  readonly timestampMs: number;
  readonly clientId?: string;
}

/**
 * Builds the report. The correlation id is the sender's own; without one the origin's messageId takes its place, so
 * that the sender can tell which of its messages was meant.
 */
export function errorReport(input: ErrorReportInput): ErrorReport {
  const { origin } = input;
  return {
    title: input.title,
    description: input.description,
    errCode: input.errCode,
    originKey: origin.key,
    originBodyText: origin.bodyText,
    id: input.messageId,
    messageId: input.messageId,
    correlationId: origin.correlationId || origin.messageId,
    channelId: input.channelId,
    timestamp: new Date(input.timestampMs).toISOString(),
    expiration: null,
    headers: [],
    appId: "p4",
    userId: "",
    clientId: input.clientId ?? "",
  };
}

/** Title, description and code of a wire error, for `errorReport`. */
export function wireErrorTexts(error: WireError): Pick<ErrorReportInput, "title" | "description" | "errCode"> {
  return { title: wireErrors[error.code].title, description: describeWireError(error), errCode: error.code };
}
