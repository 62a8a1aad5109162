import type { Encoding } from "./encode.ts";
import type { ErrorReport } from "./error-report.ts";
import { encodeListHeaders, encodeTextHeaders } from "./headers.ts";
import type { Message } from "./message.ts";

/** A longer origin body is left out, so that an error costs no more than a small message. */
const maxOriginBodyLength = 65_536;

/** The Go wallet closes its socket on any frame over 10,000 bytes. */
const maxDppOriginBodyLength = 8_000;

/**
 * The error wrapper of the document, or Go's, which has capitals in `errorBody` and no id, message id or time.
 * Go reads member names without regard to case, so for `both` the document's wrapper plus Go's names is enough.
 */
export function encodeErrorMessage(report: ErrorReport, encoding: Encoding): string {
  switch (encoding) {
    case "p4":
      return `${encodeDocument(report, "", encodeTextHeaders(report.headers), maxOriginBodyLength)}}`;
    case "dpp":
      return encodeDpp(report);
    case "both":
    case "bothGo": {
      const goNames = `,"type":"error","originType":${JSON.stringify(report.originKey)}`;
      const headers = encoding === "both" ? encodeTextHeaders(report.headers) : encodeListHeaders(report.headers);
      const document = encodeDocument(report, goNames, headers, maxDppOriginBodyLength);
      return `${document},"clientId":${JSON.stringify(report.clientId)}}\n`;
    }
  }
}

function encodeDocument(report: ErrorReport, goNames: string, headers: string, maxLength: number): string {
  const errorBody = { title: report.title, description: report.description, errCode: report.errCode };
  return (
    `{"id":${JSON.stringify(report.id)},"key":"error","originKey":${JSON.stringify(report.originKey)}${goNames}` +
    `,"originBody":${originBody(report, maxLength)},"errorBody":${JSON.stringify(errorBody)}` +
    `,"messageId":${JSON.stringify(report.messageId)},"correlationID":${JSON.stringify(report.correlationId)}` +
    (report.timestamp === null ? "" : `,"timestamp":${JSON.stringify(report.timestamp)}`) +
    `,"headers":${headers}` +
    (report.expiration === null ? "" : `,"expiration":${JSON.stringify(report.expiration)}`) +
    `,"channelID":${JSON.stringify(report.channelId)},"appId":${JSON.stringify(report.appId)}` +
    `,"userId":${JSON.stringify(report.userId)}`
  );
}

function encodeDpp(report: ErrorReport): string {
  const errorBody = { Title: report.title, Description: report.description, ErrCode: report.errCode };
  return (
    `{"correlationId":${JSON.stringify(report.correlationId)},"appId":${JSON.stringify(report.appId)}` +
    `,"userId":${JSON.stringify(report.userId)},"type":"error","originType":${JSON.stringify(report.originKey)}` +
    `,"originBody":${originBody(report, maxDppOriginBodyLength)},"errorBody":${JSON.stringify(errorBody)}` +
    `,"channelId":${JSON.stringify(report.channelId)},"clientId":${JSON.stringify(report.clientId)}` +
    `,"headers":${encodeListHeaders(report.headers)}}\n`
  );
}

function originBody({ originBodyText }: ErrorReport, maxLength: number): string {
  return originBodyText === null || originBodyText.length > maxLength ? "null" : originBodyText;
}

/** Reads an error message that `decodeFrame` gave, in either dialect; `null` when the message is none. */
export function readErrorMessage(message: Message): ErrorReport | null {
  if (message.key !== "error") return null;
  const extra = new Map(message.extra.map(([name, raw]) => [name.toLowerCase(), raw]));
  const errorBody = membersByLowerCaseName(extra.get("errorbody"));
  const originKey: unknown = JSON.parse(extra.get("originkey") ?? extra.get("origintype") ?? '""');
  const originBodyText = extra.get("originbody") ?? "null";
  const { id, messageId, correlationId, channelId, timestamp, expiration, headers, appId, userId, clientId } = message;
  return {
    id,
    messageId,
    correlationId,
    channelId,
    timestamp,
    expiration,
    headers,
    appId,
    userId,
    clientId,
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
