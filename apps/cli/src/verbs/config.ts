import { configReference, describeConfig, formatConfig } from "@p4/config";
import { readConfig } from "../operator/read-config.ts";
import { examples, type Verb } from "../verb.ts";

export const configVerb: Verb = (verb, context) => {
  verb
    .option("--reference", "print the reference of all variables as markdown")
    .addHelpText(
      "after",
      examples(
        ["p4 config", "* marks what the environment sets"],
        ["P4_CHANNEL_TTL=5m p4 config --json", "with a change, as JSON"],
        ["p4 config --reference", "every variable, its rule and its default"],
      ),
    )
    .action(({ reference }: { reference?: boolean }) => {
      if (reference === true)
        return context.print({ reference: configReference() }, () => configReference().trimEnd().split("\n"));
      const lines = describeConfig(readConfig(context), context.env);
      context.print({ settings: lines }, () => formatConfig(lines).split("\n"));
    });
};
