import type { Command } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

interface Word {
  readonly word: string;
  readonly about: string;
}

interface Node {
  /** `p4 proof requeue` without the `p4`; empty for the program. */
  readonly path: string;
  readonly words: readonly Word[];
}

/** A script for the shell to source. Made from the program itself, so that it knows what this version knows. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = [...walk(program, [])];
  switch (shell) {
    case "bash":
      return bash(nodes);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
    case "fish":
      return fish(nodes);
  }
}

function* walk(command: Command, path: readonly string[]): Generator<Node> {
  const verbs = command.commands.map((verb) => ({ word: verb.name(), about: verb.description() }));
  const options = command.options.map(({ long, short, description }) => ({
    word: long ?? short ?? "",
    about: description,
  }));
  yield { path: path.join(" "), words: [...verbs, ...options, { word: "--help", about: "how to use it" }] };
  for (const verb of command.commands) yield* walk(verb, [...path, verb.name()]);
}

/** The words before the cursor that are no options make the path, as far as it is one of ours. */
function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(" ")}" ;;`);
  const known = nodes.map(({ path }) => `"${path}"`).join("|");
  return `_p4() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" next word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    next="\${path:+$path }$word"
    case "$next" in ${known}) path="$next" ;; *) break ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _p4 p4
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, words }) => {
    const verbs = path === "" ? [] : path.split(" ");
    const deeper = nodes.filter((node) => node.path.startsWith(path === "" ? "" : `${path} `) && node.path !== path);
    const next = [...new Set(deeper.map((node) => node.path.split(" ")[verbs.length] ?? ""))];
    const seen = verbs.map((verb) => `__fish_seen_subcommand_from ${verb}`);
    const unseen = next.length === 0 ? [] : [`not __fish_seen_subcommand_from ${next.join(" ")}`];
    const condition = [...seen, ...unseen].join("; and ");
    return words.map(({ word, about }) => {
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c p4 -n '${condition}' ${what} -d '${about.replaceAll("'", "\\'")}'`;
    });
  });
  return `${lines.join("\n")}\n`;
}
