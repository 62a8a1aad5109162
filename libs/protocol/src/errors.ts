interface WireErrorSpec {
  readonly title: string;
  /** The rule that was broken; a call may give a more exact one. */
  readonly rule: string;
  /** Whether the very same frame may succeed later. */
  readonly retryable: boolean;
}

/** Every way in which a frame can be refused. */
export const wireErrors = {
  WIRE_NOT_JSON: { title: "not JSON", rule: "a frame is one JSON text in UTF-8", retryable: false },
  WIRE_NOT_OBJECT: { title: "not an object", rule: "a frame is a JSON object", retryable: false },
  WIRE_TOO_LARGE: { title: "message too large", rule: "a frame has a limited size", retryable: false },
  WIRE_TOO_DEEP: { title: "nested too deep", rule: "objects and arrays nest to a limited depth", retryable: false },
  WIRE_BINARY_FRAME: { title: "binary frame", rule: "messages travel in text frames", retryable: false },
  WIRE_DUPLICATE_MEMBER: {
    title: "duplicate member",
    rule: "a member occurs once, its name compared without regard to case",
    retryable: false,
  },
  WIRE_KEY_MISSING: { title: "no message key", rule: "a frame names its message in key (or type)", retryable: false },
  WIRE_KEY_UNKNOWN: { title: "unknown message key", rule: "the key is one of the catalogue", retryable: false },
  WIRE_KEY_CONFLICT: { title: "key and type disagree", rule: "key and type name the same message", retryable: false },
  WIRE_MEMBER_TYPE: { title: "wrong type of member", rule: "the member has its documented type", retryable: false },
  WIRE_MEMBER_TOO_LONG: { title: "member too long", rule: "the member has a limited length", retryable: false },
  WIRE_TIME: { title: "not a time", rule: "a time is written as RFC 3339", retryable: false },
  WIRE_CHANNEL_ID: {
    title: "illegal channel id",
    rule: "a channel id is 1 to 64 of A-Z, a-z, 0-9, _ and -",
    retryable: false,
  },
} as const satisfies Record<string, WireErrorSpec>;

export type WireErrorCode = keyof typeof wireErrors;

/** Why a frame was refused: which member, and which rule it broke. */
export interface WireError {
  readonly code: WireErrorCode;
  /** Name of the member as the sender wrote it, dotted inside (`headers.X-Id`); `null` when the whole frame is meant. */
  readonly field: string | null;
  readonly rule: string;
}

export function wireError(code: WireErrorCode, field: string | null = null, rule?: string): WireError {
  return { code, field, rule: rule ?? wireErrors[code].rule };
}

/** One sentence for people: the field, then the rule. */
export function describeWireError(error: Pick<WireError, "field" | "rule">): string {
  return error.field === null ? error.rule : `${error.field}: ${error.rule}`;
}
