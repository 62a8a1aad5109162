import { Argument } from "commander";
import { completionScript, shells, type Shell } from "../completion-script.ts";
import { examples, type Verb } from "../verb.ts";

export const completionVerb: Verb = (verb, context) => {
  verb
    .addArgument(new Argument("<shell>", "the shell that is to load it").choices(shells))
    .addHelpText(
      "after",
      examples(
        ["source <(p4 completion bash)", "now, in bash; or permanently, in ~/.bashrc"],
        ["source <(p4 completion zsh)", "in zsh"],
        ["p4 completion fish > ~/.config/fish/completions/p4.fish", "in fish"],
      ),
    )
    .action((shell: Shell) => {
      const script = completionScript(verb.parent ?? verb, shell);
      context.print({ shell, script }, () => script.trimEnd().split("\n"));
    });
};
