import { Command, CommanderError, InvalidArgumentError } from "commander";
import { optionOf, type OptionsOf, type Settings } from "./settings.ts";

/** What one can say to a tool. */
export interface ToolCommand {
  readonly name: string;
  /** In the list of all. */
  readonly summary: string;
  /** For --help. */
  readonly about: string;
  /** What stands behind the name, where something has to: a file, say. */
  readonly argument?: string;
  readonly options: Settings;
  /** Resolves with the exit code. */
  readonly run: (options: never, argument: string) => Promise<number>;
}

interface CommandOf<S extends Settings> extends ToolCommand {
  readonly options: S;
  readonly run: (options: OptionsOf<S>, argument: string) => Promise<number>;
}

export const command = <const S extends Settings>(given: CommandOf<S>): ToolCommand => given;

const wrongArguments = 2;
/** Our texts have lines of their own. */
const helpWidth = 160;

/** Runs the command that the first argument names, or else the first of all. Resolves with the exit code; 2: wrong arguments. */
export async function runCommandLine(
  tool: string,
  commands: readonly ToolCommand[],
  args: readonly string[],
): Promise<number> {
  let exitCode = 0;
  const program = new Command(tool).enablePositionalOptions();
  for (const [index, { name, summary, about, argument, options, run }] of commands.entries()) {
    const own = index === 0 ? program : program.command(name);
    own.summary(summary).description(about).helpOption("--help").configureHelp({ helpWidth }).showHelpAfterError();
    own.exitOverride();
    if (argument !== undefined) own.argument(`<${argument}>`);
    for (const [option, setting] of Object.entries(options)) {
      own.addOption(optionOf(option, setting));
      // As a default it would be told in the help.
      if (setting.value === null) own.setOptionValue(option, setting.otherwise);
    }
    own.action(async (...given: readonly unknown[]) => {
      const [behind, told] = argument === undefined ? ["", given[0]] : given;
      exitCode = await run(told as never, behind as string);
    });
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
