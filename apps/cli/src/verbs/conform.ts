import { InvalidArgumentError, Option } from "commander";
import { allChecks, httpBaseOf, readSocketBase, runChecks } from "@p4/conformance";
import type { Dialect } from "@p4/protocol";
import { CliError } from "../cli-error.ts";
import { connectTcp } from "../conform/connect-tcp.ts";
import { scoreLines } from "../conform/score-lines.ts";
import { examples, type Verb } from "../verb.ts";
import { durationArgument, urlArgument } from "./arguments.ts";

interface ConformArguments {
  readonly dialect: Dialect;
  /** False: --no-http. */
  readonly http: string | boolean;
  readonly only?: readonly string[];
  readonly wait: number;
}

export const conformVerb: Verb = (verb, context) => {
  verb
    .argument("<ws-url>", "where its channels are: ws://host:port/ws", socketBaseArgument)
    .addOption(new Option("--dialect <name>", "wrapper of the messages").choices(["p4", "dpp"]).default("p4"))
    .option("--http <base-url>", "where its HTTP routes are (default: beside the channels)", urlArgument)
    .option("--no-http", "leave the HTTP routes out")
    .option("--only <ids>", "run these checks alone, separated by commas", checkIdsArgument)
    .addOption(
      new Option("--wait <duration>", "how long one expected thing may take, at most 1m")
        .argParser(waitArgument)
        .default(5_000, "5s"),
    )
    .addHelpText(
      "after",
      examples(
        ["p4 conform ws://127.0.0.1:8445/ws", "all checks, as the document's wallets speak"],
        ["p4 conform ws://127.0.0.1:8445/ws --dialect dpp", "as the deployed wallets speak"],
        ["p4 conform ws://host/ws --only burst,slow-reader --json", "two checks, as JSON"],
      ) +
        "\nIt opens channels of its own under random names, sends some 15 MB, and asks nothing of other channels.\n" +
        "Run it against a server that you may disturb.\n",
    )
    .action(async (socketBase: string, { dialect, http, only, wait }: ConformArguments) => {
      const httpBase = http === false ? null : typeof http === "string" ? http : httpBaseOf(socketBase);
      await ensureReachable(socketBase);
      const card = await runChecks({
        target: { socketBase, httpBase, dialect },
        connectTcp,
        waitMs: wait,
        signal: context.signal,
        ...(only === undefined ? {} : { only }),
        onResult: ({ id, outcome, tookMs }) => context.progress(`${outcome} ${id} (${tookMs} ms)`),
      });
      context.signal.throwIfAborted();
      context.print(card, () => scoreLines(card, context.terminal));
      if (card.failed > 0) context.fail();
    });
};

/** One line instead of some eighty failures. */
async function ensureReachable(socketBase: string): Promise<void> {
  const { hostname, port, protocol } = new URL(socketBase);
  const secure = protocol === "wss:";
  try {
    const address = { host: hostname, port: port === "" ? (secure ? 443 : 80) : Number(port), secure };
    const connection = await connectTcp(address, { data: () => undefined, closed: () => undefined });
    connection.destroy();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("unreachable", `the server does not answer: ${reason}`, "Is it running? npm start starts one.");
  }
}

/** A check as a whole has a minute. */
function waitArgument(text: string): number {
  const waitMs = durationArgument(text);
  if (waitMs > 60_000) throw new InvalidArgumentError("It must be 1m at most.");
  return waitMs;
}

function socketBaseArgument(text: string): string {
  const base = readSocketBase(text);
  if (base === null) throw new InvalidArgumentError("It must be a ws:// or wss:// URL.");
  return base;
}

function checkIdsArgument(text: string): readonly string[] {
  const known = new Set(allChecks.map(({ id }) => id));
  const ids = text.split(",").map((id) => id.trim());
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no check ${unknown}.`);
  return ids;
}
