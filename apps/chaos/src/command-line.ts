import { Command, CommanderError, InvalidArgumentError } from "commander";
import { flag, optionOf, path, type OptionsOf, type Settings } from "./options.ts";
import type { Experiment, GivenToAll } from "./scenario.ts";

/** What one can say behind `npm run chaos --`. */
export interface ChaosCommand {
  readonly name: string;
  /** In the list of all. */
  readonly summary: string;
  /** For --help. */
  readonly about: string;
  readonly options: Settings;
  /** Resolves with the exit code. */
  readonly run: (options: never) => Promise<number>;
}

interface CommandOf<S extends Settings> extends ChaosCommand {
  readonly options: S;
  readonly run: (options: OptionsOf<S>) => Promise<number>;
}

interface ScenarioCommand<S extends Settings> extends Omit<CommandOf<S>, "run"> {
  readonly run: Experiment<OptionsOf<S>>;
}

export const command = <const S extends Settings>(given: CommandOf<S>): ChaosCommand => given;

/** Each scenario takes --json and --dir beside its own options. */
export function scenarioCommand<const S extends Settings>({ run, ...given }: ScenarioCommand<S>): ChaosCommand {
  const options = { ...given.options, json: flag, dir: path(null) };
  const runOwn = ({ json, dir, ...own }: GivenToAll) => run(own as OptionsOf<S>, { json, dir });
  return { ...given, options, run: runOwn };
}

const wrongArguments = 2;
/** Our texts have lines of their own. */
const helpWidth = 160;

/** Runs the command that the first argument names, or else the first of all. Resolves with the exit code. */
export async function runCommandLine(commands: readonly ChaosCommand[], args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("npm run chaos --").enablePositionalOptions();
  for (const [index, { name, summary, about, options, run }] of commands.entries()) {
    const own = index === 0 ? program : program.command(name);
    own.summary(summary).description(about).helpOption("--help").configureHelp({ helpWidth }).showHelpAfterError();
    own.exitOverride();
    for (const [option, setting] of Object.entries(options)) {
      own.addOption(optionOf(option, setting));
      // As a default it would be told in the help.
      if (setting.value === null) own.setOptionValue(option, setting.otherwise);
    }
    own.action(async (given: object) => void (exitCode = await run(given as never)));
  }
  // Beside --help the rest may be wrong.
  const named = commands.slice(1).find(({ name }) => name === args[0])?.name;
  const asked = args.includes("--help") ? [...(named === undefined ? [] : [named]), "--help"] : args;
  try {
    await program.parseAsync(asked, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Values that are right each by itself; what commander finds, it has told.
    if (error instanceof InvalidArgumentError) process.stderr.write(`error: ${error.message}\n`);
    return error.exitCode === 0 ? 0 : wrongArguments;
  }
}
