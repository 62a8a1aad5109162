import { readFile, writeFile } from "node:fs/promises";
import { command, text, type ToolCommand } from "@p4/testkit/command-line";
import { chartSvg } from "./chart.ts";
import { scalingText } from "./scaling-text.ts";
import type { TableResult } from "./table-report.ts";

export const chart = documentCommand("chart", "a drawing of a kept run", chartSvg);
export const scaling = documentCommand("scaling", "what a kept run means for many payments a second", scalingText);

/** A text that is made of a kept run. Without -o it is printed. */
function documentCommand(name: string, summary: string, made: (result: TableResult) => string): ToolCommand {
  return command({
    name,
    summary,
    about: "Of a run that was kept: npm run bench -- -o table.json",
    argument: "table.json",
    options: { output: { ...text("file", null), short: "-o" } },
    async run({ output }, input) {
      let document: string;
      try {
        document = made(JSON.parse(await readFile(input, "utf8")) as TableResult);
      } catch (error) {
        process.stderr.write(`${input}: ${(error as Error).message}\n`);
        return 1;
      }
      if (output === null) process.stdout.write(document);
      else await writeFile(output, document);
      return 0;
    },
  });
}
