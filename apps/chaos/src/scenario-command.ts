import { flag, text, type OptionsOf, type Settings, type ToolCommand } from "@p4/testkit/command-line";
import type { Experiment, GivenToAll } from "./scenario.ts";

interface ScenarioCommand<S extends Settings> extends Omit<ToolCommand, "options" | "run"> {
  readonly options: S;
  readonly run: Experiment<OptionsOf<S>>;
}

/** Each scenario takes --json and --dir beside its own options. */
export function scenarioCommand<const S extends Settings>({ run, ...given }: ScenarioCommand<S>): ToolCommand {
  const options = { ...given.options, json: flag, dir: text("path", null) };
  const runOwn = ({ json, dir, ...own }: GivenToAll) => run(own as OptionsOf<S>, { json, dir });
  return { ...given, options, run: runOwn };
}
