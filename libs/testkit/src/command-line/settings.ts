import { InvalidArgumentError, Option } from "commander";

/** An option of a command: what it is without being given, and what reads its text. A switch is read from no text. */
export interface Setting<T> {
  readonly otherwise: T;
  /** What stands for its value in the help; null: it is a switch. */
  readonly value: string | null;
  /** `-o` */
  readonly short?: string;
  /** @throws InvalidArgumentError with the rule, behind the option's name. */
  readonly read: (text: string) => T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type OptionsOf<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

export const flag: Setting<boolean> = { otherwise: false, value: null, read: () => true };

export function number(otherwise: number, least: number, most: number): Setting<number> {
  return { otherwise, value: "number", read: (given) => within(given, least, most) };
}

export function whole(otherwise: number, least: number, most: number): Setting<number> {
  const read = (given: string): number => {
    const value = within(given, least, most);
    return Number.isSafeInteger(value) ? value : refuse(`a whole number, not ${given}`);
  };
  return { otherwise, value: "number", read };
}

/** Several, separated by commas. */
export function numbers(otherwise: readonly number[], least: number, most: number): Setting<readonly number[]> {
  return { otherwise, value: "numbers", read: (list) => list.split(",").map((given) => within(given, least, most)) };
}

export function oneOf<const T, const D>(choices: readonly T[], otherwise: D): Setting<T | D> {
  const names = choices.map(String);
  const read = (given: string): T => {
    const found = choices[names.indexOf(given)];
    const rule = names.length === 2 ? names.join(" or ") : `one of ${names.join(", ")}`;
    return found ?? refuse(`${rule}, not ${given}`);
  };
  return { otherwise, value: names.join("|"), read };
}

/** Any text: `value` says in the help what it is. */
export const text = <const D extends string | null>(value: string, otherwise: D): Setting<string | D> => ({
  otherwise,
  value,
  read: (given) => given,
});

/** `openFirst` is written `--open-first`. */
export function optionOf(name: string, { otherwise, value, short, read }: Setting<unknown>): Option {
  const written = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const names = short === undefined ? written : `${short}, ${written}`;
  const option = new Option(value === null ? names : `${names} <${value}>`).argParser((given: string) => {
    try {
      return read(given);
    } catch (error) {
      throw new InvalidArgumentError(`${written}: ${(error as Error).message}`);
    }
  });
  if (value === null) return option;
  const told = otherwise === null ? "none" : Array.isArray(otherwise) ? otherwise.join(",") : undefined;
  return option.default(otherwise, told);
}

function within(given: string, least: number, most: number): number {
  const value = Number(given);
  if (given !== "" && value >= least && value <= most) return value;
  return refuse(`a number from ${String(least)} to ${String(most)}, not ${given}`);
}

/** Ends the command, with the rule that its arguments break. */
export function refuse(rule: string): never {
  throw new InvalidArgumentError(rule);
}
