import type { Argument, Command, Option } from "commander";

/** What can stand in one place: one of some words (none: free text, which cannot be completed), or a path. */
export type Completed = readonly string[] | "files" | "directories";

export interface OptionWords {
  /** The long one first: `--output`, `-o`. */
  readonly names: readonly string[];
  readonly about: string;
  /** Its value; null when it takes none. */
  readonly takes: Completed | null;
  /** Takes several values, one after the other. */
  readonly variadic: boolean;
}

/** What can be typed at one command. */
export interface CommandWords {
  /** `proof requeue`, without the `p4`; empty for the program. */
  readonly path: string;
  readonly verbs: readonly { readonly word: string; readonly about: string }[];
  readonly options: readonly OptionWords[];
  readonly argument: Completed;
}

/** The program's option that may stand behind every verb; each verb has a hidden one of its own. */
export const isGlobal = ({ long }: Pick<Option, "long">): boolean => long === "--json";

/** The program and all of its verbs, as deep as they go. */
export function commandWords(program: Command): CommandWords[] {
  const everywhere: OptionWords[] = [
    ...program.options.filter(isGlobal).map(optionWords),
    { names: ["--help"], about: "how to use it", takes: null, variadic: false },
  ];
  return [...walk(program, [], everywhere)];
}

function* walk(command: Command, path: readonly string[], everywhere: readonly OptionWords[]): Generator<CommandWords> {
  const visible = command.options.filter(({ hidden }) => !hidden);
  const own = visible.filter((option) => !isGlobal(option)).map(optionWords);
  const [argument] = command.registeredArguments;
  yield {
    path: path.join(" "),
    verbs: command.commands.map((verb) => ({ word: verb.name(), about: verb.description() })),
    options: [...own, ...everywhere],
    argument: argument === undefined ? [] : valueOf(argument, argument.name()),
  };
  for (const verb of command.commands) yield* walk(verb, [...path, verb.name()], everywhere);
}

function optionWords(option: Option): OptionWords {
  const { long, short, description: about, required, optional, variadic } = option;
  const names = [long, short].flatMap((name) => name ?? []);
  const placeholder = /[<[](\w+)/.exec(option.flags)?.[1] ?? "";
  return { names, about, takes: required || optional ? valueOf(option, placeholder) : null, variadic };
}

/** What stands in the usage says what it is: `<file>`, `<dir>`. */
function valueOf({ argChoices }: Option | Argument, placeholder: string): Completed {
  if (argChoices !== undefined) return argChoices;
  return ({ file: "files", dir: "directories" } as const)[placeholder] ?? [];
}
