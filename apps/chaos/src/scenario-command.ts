import { parseArgs, type ParseArgsConfig } from "node:util";
import { runScenario } from "./scenario.ts";

type Flags = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** `npm run chaos -- <name>`. Beside its own flags each takes --dir, --json and --help. */
export interface ScenarioCommand<T extends Flags, Options> {
  readonly usage: string;
  readonly flags: T;
  /** @throws Error that names the option and the rule. */
  readonly read: (values: Values<T>) => Options;
  readonly run: (options: Options, dir: string, onProgress: (text: string) => void) => Promise<ScenarioReport>;
}

export interface ScenarioReport {
  /** For --json. */
  readonly report: object;
  readonly text: string;
  readonly isAsExpected: boolean;
  /** When it is not; 1. */
  readonly exitCode?: number;
}

export interface GivenOptions<Options> {
  readonly options: Options;
  readonly json: boolean;
  /** Logs, stores and records are kept here; null: in a temporary directory, and only when something was found. */
  readonly dir: string | null;
}

const common = {
  dir: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @throws Error that names the option and the rule. */
export function readArguments<const T extends Flags, Options>(
  { flags, read }: Pick<ScenarioCommand<T, Options>, "flags" | "read">,
  args: readonly string[],
): GivenOptions<Options> | "help" {
  const all: Flags = { ...flags, ...common };
  const { values } = parseArgs({ args: [...args], options: all });
  const { dir, json, help } = values as Values<typeof common>;
  return help ? "help" : { options: read(values as Values<T>), json, dir: dir ?? null };
}

/** Resolves with the exit code; 2: wrong arguments. */
export async function runCommand<const T extends Flags, Options>(
  command: ScenarioCommand<T, Options>,
  args: readonly string[],
): Promise<number> {
  let given: GivenOptions<Options> | "help";
  try {
    given = readArguments(command, args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${command.usage}\n`);
    return 2;
  }
  if (given === "help") {
    process.stdout.write(`${command.usage}\n`);
    return 0;
  }
  const { options, json, dir: keepIn } = given;
  return runScenario(keepIn, async (dir, onProgress) => {
    const { report, text, ...outcome } = await command.run(options, dir, onProgress);
    return { ...outcome, text: json ? JSON.stringify(report, null, 2) : text };
  });
}
