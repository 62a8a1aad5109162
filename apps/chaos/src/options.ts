import { InvalidArgumentError, Option } from "commander";

/** An option of a scenario: what it is without being given, and what reads its text. A switch is read from no text. */
export interface Setting<T> {
  readonly otherwise: T;
  /** What stands for its value in the help; null: it is a switch. */
  readonly value: string | null;
  /** @throws InvalidArgumentError with the rule, behind the option's name. */
  readonly read: (text: string) => T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type OptionsOf<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

export const flag: Setting<boolean> = { otherwise: false, value: null, read: () => true };

export function number(otherwise: number, least: number, most: number): Setting<number> {
  return { otherwise, value: "number", read: (text) => within(text, least, most) };
}

export function whole(otherwise: number, least: number, most: number): Setting<number> {
  const read = (text: string): number => {
    const value = within(text, least, most);
    return Number.isSafeInteger(value) ? value : refuse(`a whole number, not ${text}`);
  };
  return { otherwise, value: "number", read };
}

/** Several, separated by commas. */
export function numbers(otherwise: readonly number[], least: number, most: number): Setting<readonly number[]> {
  return { otherwise, value: "numbers", read: (list) => list.split(",").map((text) => within(text, least, most)) };
}

export function oneOf<const T, const D>(choices: readonly T[], otherwise: D): Setting<T | D> {
  const names = choices.map(String);
  const read = (text: string): T => {
    const found = choices[names.indexOf(text)];
    const rule = names.length === 2 ? names.join(" or ") : `one of ${names.join(", ")}`;
    return found ?? refuse(`${rule}, not ${text}`);
  };
  return { otherwise, value: names.join("|"), read };
}

export const path = <const D extends string | null>(otherwise: D): Setting<string | D> => ({
  otherwise,
  value: "path",
  read: (text) => text,
});

/** The system is as it should be, unless one is named. */
export const sabotageOf = <const T extends string>(names: readonly T[]): Setting<T | null> => oneOf(names, null);
export const seed = whole(1, 0, 2 ** 31);
export const batches = oneOf(["adaptive", "always", "never"], "adaptive");
export const copyClass = oneOf(["async", "sync"], "async");

/** `openFirst` is written `--open-first`. */
export function optionOf(name: string, { otherwise, value, read }: Setting<unknown>): Option {
  const written = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const option = new Option(value === null ? written : `${written} <${value}>`).argParser((text: string) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(`${written}: ${(error as Error).message}`);
    }
  });
  return value === null ? option : option.default(otherwise, otherwise === null ? "none" : undefined);
}

function within(text: string, least: number, most: number): number {
  const value = Number(text);
  if (text !== "" && value >= least && value <= most) return value;
  return refuse(`a number from ${String(least)} to ${String(most)}, not ${text}`);
}

function refuse(rule: string): never {
  throw new InvalidArgumentError(rule);
}
