import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { chartSvg } from "./chart.ts";
import { scalingText } from "./scaling-text.ts";
import type { TableResult } from "./table-report.ts";

/** Texts that are made of a kept run. */
const documents = {
  chart: chartSvg,
  scaling: scalingText,
} as const;

/** `chart` or `scaling`: `in.json -o out`. Without -o the text is printed. Returns the exit code. */
export async function documentCommand(kind: keyof typeof documents, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { output: { type: "string", short: "o" }, help: { type: "boolean", default: false } },
  });
  const [input] = positionals;
  if (values.help || input === undefined || positionals.length > 1) {
    process.stdout.write(
      `npm run bench -- ${kind} <table.json> [-o <file>]\n\nOf a run that was kept: npm run bench -- -o table.json\n`,
    );
    return values.help ? 0 : 2;
  }
  let text: string;
  try {
    text = documents[kind](JSON.parse(await readFile(input, "utf8")) as TableResult);
  } catch (error) {
    process.stderr.write(`${input}: ${(error as Error).message}\n`);
    return 1;
  }
  if (values.output === undefined) process.stdout.write(text);
  else await writeFile(values.output, text);
  return 0;
}
