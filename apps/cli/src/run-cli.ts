import { Command, CommanderError, Help, InvalidArgumentError, Option } from "commander";
import { askAtTerminal, confirm } from "./confirm.ts";
import { isGlobal } from "./command-words.ts";
import { CliError, exitCodes, isCliError } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";
import type { VerbContext } from "./verb.ts";
import { examples } from "./verb.ts";
import { checkedOutCommit, packageVersion } from "./version.ts";
import { verbs } from "./verbs/index.ts";

export interface CliInput {
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Asks the user at the terminal. */
  readonly ask?: (question: string) => Promise<boolean>;
}

/** Runs one command and gives its exit code: one of `exitCodes`, or 130 when it was interrupted. */
export async function runCli({ args, env, terminal, signal, ask = askAtTerminal }: CliInput): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = frame(terminal);
  const isJson = (): boolean => program.opts<{ json?: boolean }>().json === true;
  const context: VerbContext = {
    terminal,
    env,
    signal,
    print: (value, lines) => {
      if (isJson()) terminal.out(toJson(value));
      else for (const line of [lines()].flat()) terminal.out(line);
    },
    confirm: (question, yes) => confirm(question, { yes, terminal, ask }),
    progress: (line) => {
      if (!isJson()) terminal.err(line);
    },
    fail: (kind = "failed") => void (exitCode = exitCodes[kind]),
  };
  program.on("option:version", () => {
    const commit = checkedOutCommit();
    const text = commit === null ? `p4 ${packageVersion}` : `p4 ${packageVersion} (${commit})`;
    const asJson = isJson() || args.includes("--json");
    terminal.out(asJson ? toJson({ version: packageVersion, commit }) : text);
    throw new CommanderError(exitCodes.ok, "p4.version", text);
  });
  await addVerbs(program, context, args);
  inherit(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (signal.aborted) {
      terminal.err("interrupted");
      return 130;
    }
    // Thrown by a verb itself: commander has not printed it.
    if (error instanceof InvalidArgumentError) return report(misuse(error), terminal, isJson());
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok;
      // The parser has given up, perhaps before it came to --json; it has told people already.
      if (args.includes("--json")) {
        const message = error.message.replace(/^error: /, "");
        terminal.out(toJson({ error: { code: "BAD_ARGUMENT", message, nextStep: null } }));
      }
      return exitCodes.misuse;
    }
    return report(error, terminal, isJson());
  }
}

/** The verb that is used, whole; of the others what the help says. Completion has to know them all. */
async function addVerbs(program: Command, context: VerbContext, args: readonly string[]): Promise<void> {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const used = words[0] === "help" ? words[1] : words[0];
  for (const { name, usage, summary, load } of verbs) {
    const verb = program.command(name).description(summary);
    if (name === used || used === "completion") (await load())(verb, context);
    else verb.usage(usage);
  }
}

function frame(terminal: Terminal): Command {
  return new Command("p4")
    .description("Payment channels: pay over them, look into them, keep them running.")
    .option("--json", "print one JSON object instead of lines for people")
    .option("--version", "print the version, and the commit where it is known")
    .showHelpAfterError(helpHint("p4"))
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions, optionDescription, subcommandTerm })
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => linesOf(text).forEach((line) => terminal.out(line)),
      writeErr: (text) => linesOf(text).forEach((line) => terminal.err(line)),
    })
    .addHelpText(
      "after",
      examples(
        [
          "p4 pay ws://127.0.0.1:8445/ws/inv123 --faucet http://127.0.0.1:8444",
          "pay an invoice with development coins",
        ],
        ["p4 doctor", "is everything as it should be, and how to mend it"],
        ["p4 channels --stuck", "the channels that have waited too long for a party"],
        ["p4 channels --txid <txid>", "the channel of a payment"],
        ["p4 replay inv123", "what happened on a channel"],
        ["p4 evidence export inv123 -o inv123.p4e", "proof of it for a third party"],
        ["p4 recover --all --check", "does every channel still fold"],
      ) +
        "\nThe broker is that of P4_NATS_URL, or of the system that runs out of P4_DATA_DIR (./data).\nExit codes: 0 right, 1 a check failed, 2 misuse, 3 not reachable, 4 signed by a key that is not known, 5 a miner rejects the payment.\nNO_COLOR is kept.\n",
    );
}

const subcommandTerm = (command: Command): string => `${command.name()} ${command.usage()}`;

/** A verb may have options that it cannot do without; the usage does not show which. */
function optionDescription(option: Option): string {
  const description = new Help().optionDescription(option);
  return option.mandatory ? `${description} (required)` : description;
}

/** Only those of the program that may stand anywhere: what `p4 anchor` takes is not for `p4 anchor verify`. */
function visibleGlobalOptions(command: Command): Option[] {
  if (command.parent === null) return [];
  let program = command.parent;
  while (program.parent !== null) program = program.parent;
  return program.options.filter(isGlobal);
}

/**
 * Subcommands write and end as the program does: commander copies neither to commands that are added later. Each one
 * sends who misuses it to its own help, and has the options that stand behind it for itself; `--json` may stand anywhere.
 */
function inherit(program: Command, command: Command = program, path = "p4"): void {
  command.exitOverride().enablePositionalOptions();
  if (command !== program) {
    command.copyInheritedSettings(program).showHelpAfterError(helpHint(path));
    command.addOption(new Option("--json").hideHelp()).on("option:json", () => program.setOptionValue("json", true));
  }
  for (const verb of command.commands) inherit(program, verb, `${path} ${verb.name()}`);
}

const helpHint = (name: string): string => `(${name} --help teaches by example)`;

function report(error: unknown, terminal: Terminal, isJson: boolean): number {
  const known = isCliError(error) ? error : unexpected(error);
  const [first = "", ...rest] = known.lines;
  terminal.err(`${terminal.style("red", "error:", "err")} ${first}`);
  for (const line of rest) terminal.err(line);
  if (known.nextStep !== null) terminal.err(`  ${terminal.style("dim", known.nextStep, "err")}`);
  if (isJson) terminal.out(toJson({ error: { code: known.code, message: known.message, nextStep: known.nextStep } }));
  return known.exitCode;
}

const misuse = ({ message }: Error): CliError => new CliError("misuse", message, null, "BAD_ARGUMENT");

function unexpected(error: unknown): CliError {
  const frames = (error instanceof Error ? (error.stack ?? "") : "").split("\n").filter((line) => /^ +at /.test(line));
  return new CliError(
    "failed",
    [`this should not happen: ${String(error)}`, ...frames],
    "Please report it.",
    "UNEXPECTED",
  );
}

const linesOf = (text: string): string[] => text.trimEnd().split("\n");

function toJson(value: object): string {
  return JSON.stringify(value, (_name, member: unknown) => (typeof member === "bigint" ? Number(member) : member));
}
