import { machineDiagram, machineTable } from "@p4/channel";
import { layTable } from "../table.ts";
import { examples, type Verb } from "../verb.ts";

const columns = [{ title: "in" }, { title: "event" }, { title: "goes to" }, { title: "when proven" }];

export const machineVerb: Verb = (verb, context) => {
  verb
    .option("--mermaid", "print it as a Mermaid diagram")
    .addHelpText(
      "after",
      examples(["p4 machine", "each event in each state"], ["p4 machine --mermaid > channel.mmd", "as a drawing"]),
    )
    .action(({ mermaid }: { mermaid?: boolean }) => {
      const transitions = machineTable();
      const diagram = machineDiagram();
      context.print({ transitions, diagram }, () => {
        if (mermaid === true) return diagram.trimEnd().split("\n");
        const rows = transitions.map(({ from, event, to, whenProven }) => [
          from,
          event,
          to === from ? "" : to,
          whenProven ?? "",
        ]);
        const table = layTable(columns, rows, (style, text) => context.terminal.style(style, text));
        return [table.head, ...rows.map((row) => table.line(row))];
      });
    });
};
