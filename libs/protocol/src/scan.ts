/** A JSON text that was refused, by the reason. */
export type ScanFault = "syntax" | "depth";

/** Deepest nesting of objects and arrays; the outermost is level 1. */
export const defaultMaxDepth = 64;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

// A transaction is one very long string: its hex digits are skipped by a regular expression, four times as fast as a
// loop. Short strings are not worth the call.
const plainRun = /[^"\\\u0000-\u001f\ud800-\udfff]*/y;
const plainRunLength = 64;

/**
 * Checks JSON text by RFC 8259 in one pass without building values, so that a body can be relayed as text: no peer gets
 * a frame that its parser refuses, and nothing is allocated per nested value.
 */
export class JsonScanner {
  readonly #text: string;
  readonly #maxDepth: number;
  #position: number;
  #nameEnd = 0;
  #fault: ScanFault = "syntax";

  constructor(text: string, maxDepth: number, position = 0) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#position = position;
  }

  /** Why the text was refused. */
  get fault(): ScanFault {
    return this.#fault;
  }

  /** Index of the first character that is not white space. */
  start(): number {
    this.#skipSpace();
    return this.#position;
  }

  /** Whether the text ends here but for white space. */
  ends(): boolean {
    this.#skipSpace();
    return this.#position === this.#text.length;
  }

  /** Whether the whole text is one JSON value. */
  isValue(): boolean {
    this.#skipSpace();
    return this.#value(0) && this.ends();
  }

  /**
   * Spans of the members of the object at the current position, flat: name start, name end, value start, value end.
   * `null` when the text is refused; `fault` tells why.
   */
  objectMembers(): number[] | null {
    const spans: number[] = [];
    this.#position += 1;
    this.#skipSpace();
    if (this.#code() === 0x7d) {
      this.#position += 1;
      return spans;
    }
    for (;;) {
      const nameStart = this.#position;
      if (!this.#memberName()) return null;
      const nameEnd = this.#nameEnd;
      const valueStart = this.#position;
      if (!this.#value(1)) return null;
      spans.push(nameStart, nameEnd, valueStart, this.#position);
      this.#skipSpace();
      const code = this.#code();
      this.#position += 1;
      if (code === 0x7d) return spans;
      if (code !== comma) return null;
      this.#skipSpace();
    }
  }

  /** Skips `"name" :` and the space after it. */
  #memberName(): boolean {
    if (!this.#string()) return false;
    this.#nameEnd = this.#position;
    this.#skipSpace();
    if (this.#code() !== colon) return false;
    this.#position += 1;
    this.#skipSpace();
    return true;
  }

  #value(depth: number): boolean {
    const code = this.#code();
    switch (code) {
      case quote:
        return this.#string();
      case 0x7b:
        return this.#nested(depth + 1, 0x7d);
      case 0x5b:
        return this.#nested(depth + 1, 0x5d);
      case 0x74:
        return this.#literal("true");
      case 0x66:
        return this.#literal("false");
      case 0x6e:
        return this.#literal("null");
      default:
        return this.#number(code);
    }
  }

  /** An object (`close` = `}`) or array (`close` = `]`). Recursion is bounded by the depth limit. */
  #nested(depth: number, close: number): boolean {
    if (depth > this.#maxDepth) {
      this.#fault = "depth";
      return false;
    }
    this.#position += 1;
    this.#skipSpace();
    if (this.#code() === close) {
      this.#position += 1;
      return true;
    }
    for (;;) {
      if (close === 0x7d && !this.#memberName()) return false;
      if (!this.#value(depth)) return false;
      this.#skipSpace();
      const code = this.#code();
      this.#position += 1;
      if (code === close) return true;
      if (code !== comma) return false;
      this.#skipSpace();
    }
  }

  #string(): boolean {
    const text = this.#text;
    const length = text.length;
    let position = this.#position;
    if (text.charCodeAt(position) !== quote) return false;
    let runEnd = position + plainRunLength;
    for (position += 1; position < length; position += 1) {
      if (position >= runEnd) {
        plainRun.lastIndex = position;
        plainRun.test(text);
        position = plainRun.lastIndex;
        runEnd = position + plainRunLength;
      }
      const code = text.charCodeAt(position);
      if (code === quote) {
        this.#position = position + 1;
        return true;
      }
      if (code === backslash) {
        position += 1;
        const skipped = this.#escape(position);
        if (skipped < 0) return false;
        position += skipped;
      } else if (code < 0x20) {
        return false;
      } else if (code >= 0xd800 && code <= 0xdfff) {
        if (!isSurrogatePair(code, text.charCodeAt(position + 1))) return false;
        position += 1;
      }
    }
    return false;
  }

  /** Characters to skip after the letter of an escape, or -1 when it is none. */
  #escape(position: number): number {
    switch (this.#text.charCodeAt(position)) {
      case quote:
      case backslash:
      case 0x2f:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return 0;
      case 0x75:
        for (let offset = 1; offset <= 4; offset += 1) {
          if (!isHexDigit(this.#text.charCodeAt(position + offset))) return -1;
        }
        return 4;
      default:
        return -1;
    }
  }

  #number(first: number): boolean {
    const text = this.#text;
    let position = first === 0x2d ? this.#position + 1 : this.#position;
    position = text.charCodeAt(position) === 0x30 ? position + 1 : this.#digits(position);
    if (position > 0 && text.charCodeAt(position) === 0x2e) position = this.#digits(position + 1);
    if (position > 0 && (text.charCodeAt(position) | 0x20) === 0x65) {
      const sign = text.charCodeAt(position + 1);
      position = this.#digits(sign === 0x2b || sign === 0x2d ? position + 2 : position + 1);
    }
    if (position < 0) return false;
    this.#position = position;
    return true;
  }

  /** Index after a run of digits, or -1 when there is none. */
  #digits(start: number): number {
    let position = start;
    while (isDigit(this.#text.charCodeAt(position))) position += 1;
    return position === start ? -1 : position;
  }

  #literal(word: string): boolean {
    if (!this.#text.startsWith(word, this.#position)) return false;
    this.#position += word.length;
    return true;
  }

  #skipSpace(): void {
    let code = this.#code();
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#position += 1;
      code = this.#code();
    }
  }

  /** NaN at the end of the text, which equals no character. */
  #code(): number {
    return this.#text.charCodeAt(this.#position);
  }
}

/** A lone surrogate has no UTF-8 form: it would be altered on the way out. */
function isSurrogatePair(high: number, low: number): boolean {
  return high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
