import typia from "typia";
import { wireError, type WireError } from "./errors.ts";
import type { MessageHeaders } from "./message.ts";
import { JsonScanner } from "./scan.ts";

/** The document writes one text, Go a list; Go's own nil list is `null`. */
type HeaderValue = string | string[] | null;

const isHeaderValue = typia.createIs<HeaderValue>();

const none: MessageHeaders = [];

export type HeadersResult =
  { readonly ok: true; readonly headers: MessageHeaders } | { readonly ok: false; readonly error: WireError };

/** Reads either dialect's headers from JSON text that is known to be well formed. */
export function decodeHeaders(text: string, fieldName: string): HeadersResult {
  if (text === "{}" || text === "null") return { ok: true, headers: none };
  if (!text.startsWith("{")) {
    return { ok: false, error: wireError("WIRE_MEMBER_TYPE", fieldName, "must be an object") };
  }
  const spans = new JsonScanner(text, Number.POSITIVE_INFINITY).objectMembers() ?? [];
  const headers: [string, readonly string[]][] = [];
  const seen = new Set<string>();
  for (let index = 0; index < spans.length; index += 4) {
    const name = JSON.parse(text.slice(spans[index], spans[index + 1])) as string;
    const value: unknown = JSON.parse(text.slice(spans[index + 2], spans[index + 3]));
    const field = `${fieldName}.${name}`;
    if (seen.has(name)) return { ok: false, error: wireError("WIRE_DUPLICATE_MEMBER", field) };
    seen.add(name);
    if (!isHeaderValue(value)) {
      return { ok: false, error: wireError("WIRE_MEMBER_TYPE", field, "must be text or a list of texts") };
    }
    headers.push([name, typeof value === "string" ? [value] : (value ?? [])]);
  }
  return { ok: true, headers };
}

/** `{"X-Id":"a, b"}`: several values become one as in RFC 9110, 5.3, because the document knows only plain text. */
export function encodeTextHeaders(headers: MessageHeaders): string {
  return encodeHeaders(headers, (values) => JSON.stringify(values.length === 1 ? values[0] : values.join(", ")));
}

/** `{"X-Id":["a","b"]}`, as Go's `http.Header`. */
export function encodeListHeaders(headers: MessageHeaders): string {
  return encodeHeaders(headers, (values) => JSON.stringify(values));
}

function encodeHeaders(headers: MessageHeaders, encodeValues: (values: readonly string[]) => string): string {
  let json = "";
  for (const [name, values] of headers) {
    json += `${json === "" ? "{" : ","}${JSON.stringify(name)}:${encodeValues(values)}`;
  }
  return json === "" ? "{}" : `${json}}`;
}
