import { isSpvError, parseStrictJson } from "@p4/spv";

// A manifest names every event of a full channel; nothing in these parts nests deeper than a list of pairs.
const limits = { maxLength: 16_777_216, maxDepth: 8 };

/** A part whose content breaks its shape. The message names the field and the rule. */
export class PartShapeError extends Error {}

/**
 * Reads a part's JSON. It must be exactly what `JSON.stringify` writes for its value: one value has one text, so that two
 * readers cannot see two things (members that occur twice, numbers in other spellings, spaces). Throws PartShapeError.
 */
export function readPartJson(content: string): PartFields {
  let value: unknown;
  try {
    value = parseStrictJson(content, "content", limits);
  } catch (error) {
    if (isSpvError(error)) throw new PartShapeError(error.message);
    throw error;
  }
  if (!isRecord(value)) throw new PartShapeError("content: must be a JSON object");
  if (JSON.stringify(value) !== content) throw new PartShapeError("content: is not in the one exact form of its value");
  return new PartFields(value);
}

/** Reads members of one object and keeps count, so that unknown ones are found. */
export class PartFields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #unread: Set<string>;

  constructor(value: Readonly<Record<string, unknown>>) {
    this.#value = value;
    this.#unread = new Set(Object.keys(value));
  }

  text(name: string, pattern: RegExp, rule: string): string {
    const value = this.any(name);
    if (typeof value !== "string" || !pattern.test(value)) throw new PartShapeError(`${name}: must be ${rule}`);
    return value;
  }

  hash(name: string): string {
    return this.text(name, /^[0-9a-f]{64}$/, "64 lower-case hex digits");
  }

  count(name: string): number {
    const value = this.any(name);
    if (!isCount(value)) throw new PartShapeError(`${name}: must be a whole number from 0`);
    return value;
  }

  countOrNull(name: string): number | null {
    return this.#value[name] === null ? (this.any(name) as null) : this.count(name);
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = values.find((candidate) => candidate === this.any(name));
    if (value === undefined) throw new PartShapeError(`${name}: must be one of ${values.join(", ")}`);
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.any(name);
    if (!Array.isArray(value)) throw new PartShapeError(`${name}: must be a list`);
    return value as unknown[];
  }

  object(name: string): PartFields {
    const value = this.any(name);
    if (!isRecord(value)) throw new PartShapeError(`${name}: must be an object`);
    return new PartFields(value);
  }

  /** A member that this version does not know would be signed but never looked at. */
  end(): void {
    const [name] = this.#unread;
    if (name !== undefined) throw new PartShapeError(`${name}: is not a member of this part`);
  }

  private any(name: string): unknown {
    this.#unread.delete(name);
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
  }
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
