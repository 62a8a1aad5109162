import { wireError, type WireError } from "./errors.ts";
import type { RawMember } from "./message.ts";
import { JsonScanner } from "./scan.ts";
import { exceedsUtf8Bytes } from "./utf8.ts";
import { wrapperMember, type WrapperMember } from "./wrapper-members.ts";

/** A frame taken apart, its known members parsed but not yet checked. */
export interface TopLevel {
  readonly members: Record<string, unknown>;
  readonly bodyText: string | null;
  readonly headersText: string | null;
  readonly extra: readonly RawMember[];
  /** A fault that still allows the frame to be read for the error message. */
  readonly fault: WireError | null;
  /** The sender's spelling of a member. */
  readonly nameOf: (member: string) => string;
}

export type TopLevelResult =
  { readonly ok: true; readonly value: TopLevel } | { readonly ok: false; readonly error: WireError };

/** Finds and checks the frame's members. The text is proved to be well-formed JSON, so that `body` can be relayed as is. */
export function readTopLevel(text: string, maxBytes: number, maxDepth: number): TopLevelResult {
  if (exceedsUtf8Bytes(text, maxBytes)) {
    return { ok: false, error: wireError("WIRE_TOO_LARGE", null, `a frame is at most ${maxBytes} bytes`) };
  }
  const scanner = new JsonScanner(text, maxDepth);
  if (text[scanner.start()] !== "{") return { ok: false, error: notAnObject(text, maxDepth) };
  const spans = scanner.objectMembers();
  if (spans === null && scanner.fault === "depth") {
    return { ok: false, error: wireError("WIRE_TOO_DEEP", null, `nesting is at most ${maxDepth} deep`) };
  }
  if (spans === null || !scanner.ends()) return { ok: false, error: wireError("WIRE_NOT_JSON") };
  return { ok: true, value: readMembers(text, spans) };
}

function readMembers(text: string, spans: readonly number[]): TopLevel {
  const members: Record<string, unknown> = {};
  const names: Partial<Record<WrapperMember, string>> = {};
  const extra: RawMember[] = [];
  const extraNames = new Set<string>();
  let fault: WireError | null = null;
  let bodyText: string | null = null;
  let headersText: string | null = null;
  for (let index = 0; index < spans.length; index += 4) {
    const name = readName(text, spans[index]!, spans[index + 1]!);
    const raw = text.slice(spans[index + 2], spans[index + 3]);
    const member = wrapperMember(name);
    if (member === undefined) {
      if (extraNames.has(name)) fault ??= wireError("WIRE_DUPLICATE_MEMBER", name.slice(0, 256));
      extraNames.add(name);
      extra.push([name, raw]);
      continue;
    }
    if (names[member] !== undefined) fault ??= wireError("WIRE_DUPLICATE_MEMBER", name);
    names[member] = name;
    if (member === "body") bodyText = raw === "null" ? null : raw;
    else if (member === "headers") headersText = raw;
    else members[member] = readScalar(raw);
  }
  return { members, bodyText, headersText, extra, fault, nameOf: (member) => names[member as WrapperMember] ?? member };
}

function readName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end - 1);
  return name.includes("\\") ? (JSON.parse(text.slice(start, end)) as string) : name;
}

/**
 * Texts are parsed, not sliced: V8 keeps the whole frame in memory as long as a slice of it lives, and an id lives as
 * long as its channel. Nested values are refused anyway and need not be built.
 */
function readScalar(raw: string): unknown {
  if (raw === '""') return "";
  if (raw.startsWith("{")) return {};
  if (raw.startsWith("[")) return [];
  return JSON.parse(raw);
}

function notAnObject(text: string, maxDepth: number): WireError {
  return new JsonScanner(text, maxDepth).isValue() ? wireError("WIRE_NOT_OBJECT") : wireError("WIRE_NOT_JSON");
}
