import type { FrameOrigin } from "./decode.ts";
import { encodeListHeaders, encodeTextHeaders } from "./headers.ts";
import { describeWireError, wireErrors, type WireError } from "./errors.ts";
import type { Dialect, Message, MessageHeaders } from "./message.ts";

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

/** Bodies longer than this are not sent back: an error must not cost more than the message that caused it. */
const maxOriginBodyLength = 4096;

/**
 * Builds the report. The correlation id is the sender's own; without one the origin's messageId takes its place, so
 * that the sender can tell which of its messages was meant.
 */
export function errorReport(input: ErrorReportInput): ErrorReport {
  const { origin } = input;
  const body = origin.bodyText;
  return {
    title: input.title,
    description: input.description,
    errCode: input.errCode,
    originKey: origin.key,
    originBodyText: body !== null && body.length > maxOriginBodyLength ? null : body,
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

/** The error wrapper of the document, or Go's, which has capitals in `errorBody` and no id, message id or time. */
export function encodeErrorMessage(report: ErrorReport, dialect: Dialect): string {
  return dialect === "p4" ? encodeP4Error(report) : encodeDppError(report);
}

function encodeP4Error(report: ErrorReport): string {
  const errorBody = { title: report.title, description: report.description, errCode: report.errCode };
  const times =
    (report.timestamp === null ? "" : `,"timestamp":${JSON.stringify(report.timestamp)}`) +
    `,"headers":${encodeTextHeaders(report.headers)}` +
    (report.expiration === null ? "" : `,"expiration":${JSON.stringify(report.expiration)}`);
  return (
    `{"id":${JSON.stringify(report.id)},"key":"error","originKey":${JSON.stringify(report.originKey)}` +
    `,"originBody":${report.originBodyText ?? "null"},"errorBody":${JSON.stringify(errorBody)}` +
    `,"messageId":${JSON.stringify(report.messageId)},"correlationID":${JSON.stringify(report.correlationId)}` +
    `${times},"channelID":${JSON.stringify(report.channelId)},"appId":${JSON.stringify(report.appId)}` +
    `,"userId":${JSON.stringify(report.userId)}}`
  );
}

function encodeDppError(report: ErrorReport): string {
  const errorBody = { Title: report.title, Description: report.description, ErrCode: report.errCode };
  return (
    `{"correlationId":${JSON.stringify(report.correlationId)},"appId":${JSON.stringify(report.appId)}` +
    `,"userId":${JSON.stringify(report.userId)},"type":"error","originType":${JSON.stringify(report.originKey)}` +
    `,"originBody":${report.originBodyText ?? "null"},"errorBody":${JSON.stringify(errorBody)}` +
    `,"channelId":${JSON.stringify(report.channelId)},"clientId":${JSON.stringify(report.clientId)}` +
    `,"headers":${encodeListHeaders(report.headers)}}\n`
  );
}

/** Reads an error message that `decodeFrame` gave, in either dialect; `null` when the message is none. */
export function readErrorMessage(message: Message): ErrorReport | null {
  if (message.key !== "error") return null;
  const extra = new Map(message.extra.map(([name, raw]) => [name.toLowerCase(), raw]));
  const errorBody = membersByLowerCaseName(extra.get("errorbody"));
  const originKey: unknown = JSON.parse(extra.get("originkey") ?? extra.get("origintype") ?? '""');
  const originBodyText = extra.get("originbody") ?? "null";
  return {
    ...message,
    title: textIn(errorBody, "title"),
    description: textIn(errorBody, "description"),
    errCode: textIn(errorBody, "errcode"),
    originKey: typeof originKey === "string" ? originKey : "",
    originBodyText: originBodyText === "null" ? null : originBodyText,
  };
}

function membersByLowerCaseName(raw: string | undefined): ReadonlyMap<string, unknown> {
  const value: unknown = raw === undefined ? null : JSON.parse(raw);
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

function textIn(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(name);
  return typeof value === "string" ? value : "";
}
