import type { Command } from "commander";
import { type CommandWords, commandWords, type Completed } from "./command-words.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script for the shell to source. Made from the program itself, so that it knows what this version knows. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = commandWords(program);
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case "fish":
      return fish(commands);
  }
}

/**
 * The words before the cursor that are neither options nor their values make the path, as far as it is one of ours.
 * `value` is the option that the word at the cursor may belong to: `channels --state`.
 */
function bash(commands: readonly CommandWords[]): string {
  const valued = commands.flatMap(({ path, options }) =>
    options
      .filter(({ takes }) => takes !== null)
      .flatMap((option) => option.names.map((name) => ({ ...option, key: `${path} ${name}`.trim() }))),
  );
  const patterns = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join("|") || '""';
  const list = (words: readonly string[]): string => `_p4_words "${words.join(" ")}"`;
  const complete = (what: Completed): string => (typeof what === "string" ? `_p4_${what}` : list(what));
  const ofValues = valued.map(({ key, takes }) => `    "${key}") ${complete(takes ?? [])} ;;`);
  const ofOptions = commands.map(({ path, options }) => {
    return `      "${path}") ${list(options.map(({ names }) => names[0] ?? ""))} ;;`;
  });
  const ofPaths = commands.map(({ path, verbs, argument }) => {
    return `      "${path}") ${verbs.length > 0 ? list(verbs.map(({ word }) => word)) : complete(argument)} ;;`;
  });
  return `_p4_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_p4_files() { local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; }
_p4_directories() { local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames 2>/dev/null; }
_p4() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" next word value=""
  [ "$cur" = "=" ] && cur=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$word" in
      =) continue ;;
      -*) case "$next" in ${patterns(valued.map(({ key }) => key))}) value="$next" ;; *) value="" ;; esac ;;
      *)
        case "$value" in
          "") case "$next" in ${patterns(commands.map(({ path }) => path))}) path="$next" ;; esac ;;
          ${patterns(valued.filter(({ variadic }) => variadic).map(({ key }) => key))}) ;;
          *) value="" ;;
        esac ;;
    esac
  done
  COMPREPLY=()
  case "$cur" in
    -*) case "$path" in
${ofOptions.join("\n")}
    esac
    return 0 ;;
  esac
  case "$value" in
${ofValues.join("\n")}
    *) case "$path" in
${ofPaths.join("\n")}
    esac ;;
  esac
  return 0
}
complete -F _p4 p4
`;
}

function fish(commands: readonly CommandWords[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ path, verbs, options, argument }) => {
    const seen = path === "" ? [] : path.split(" ").map((verb) => `__fish_seen_subcommand_from ${verb}`);
    const unseen =
      verbs.length === 0 ? [] : [`not __fish_seen_subcommand_from ${verbs.map(({ word }) => word).join(" ")}`];
    const complete = `complete -c p4 -n '${[...seen, ...unseen].join("; and ")}'`;
    return [
      ...verbs.map(({ word, about }) => `${complete} -a ${word} -d ${quoted(about)}`),
      ...options.map(({ names, about, takes }) => {
        const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
        return `${complete} ${flags.join(" ")}${fishValue(takes)} -d ${quoted(about)}`;
      }),
      ...(argument.length === 0 ? [] : [`${complete}${fishValue(argument).replace(/ -[xr]\b/, "")}`]),
    ];
  });
  return `complete -c p4 -f\n${lines.join("\n")}\n`;
}

/** `-x`: a value, and no file; `-r -F`: a value, which is a file. */
function fishValue(takes: Completed | null): string {
  if (takes === null) return "";
  if (takes === "files") return " -r -F";
  if (takes === "directories") return " -x -a '(__fish_complete_directories)'";
  return takes.length === 0 ? " -x" : ` -x -a '${takes.join(" ")}'`;
}
