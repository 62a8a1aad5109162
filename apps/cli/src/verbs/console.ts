import { spawn } from "node:child_process";
import { once } from "node:events";
import { addressesOf } from "@p4/config";
import { CliError } from "../cli-error.ts";
import { readConfig } from "../operator/read-config.ts";
import { runningEndpoint } from "../operator/find-broker.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

interface ConsoleOptions {
  readonly print?: boolean;
}

const answerWithinMs = 3_000;

export const consoleVerb: Verb = (verb, context) => {
  verb
    .argument("[channel]", "show this channel", channelArgument)
    .option("--print", "only print its address")
    .addHelpText(
      "after",
      examples(
        ["p4 console", "the list of channels"],
        ["p4 console inv123", "one channel, live and replayed"],
        ["p4 console --print", "its address, for a browser elsewhere"],
      ) +
        "\nThe edge of the system that runs out of P4_DATA_DIR, else the one at P4_PUBLIC_URL, or P4_HOST and P4_PORT." +
        "\nWithout secrets/console-key in its data directory it lets in browsers of its own machine alone. The key is asked for by the page, never in a URL.\n",
    )
    .action((channelId: string | undefined, options: ConsoleOptions) => openConsole(context, channelId, options));
};

async function openConsole(
  context: VerbContext,
  channelId: string | undefined,
  { print = false }: ConsoleOptions,
): Promise<void> {
  const config = readConfig(context);
  const origin = (await runningEndpoint(config.dataDir, "edge")) ?? addressesOf(config).publicUrl;
  const url = `${origin}/console${channelId === undefined ? "" : `/channels/${channelId}`}`;
  const answer = await fetch(`${origin}/livez`, { signal: AbortSignal.timeout(answerWithinMs) }).catch(() => null);
  await answer?.body?.cancel();
  if (answer === null) {
    const nextStep = "Start the system with `npm start`, or set P4_PUBLIC_URL to where its edge is.";
    throw new CliError("unreachable", `no edge answers at ${origin}`, nextStep, "NO_EDGE");
  }
  const opened = !print && context.terminal.isInteractive && (await openBrowser(url));
  context.print({ url, opened }, () => url);
}

/** By what the system has for it. False: it has nothing, and the address must do. */
async function openBrowser(url: string): Promise<boolean> {
  const commands: Partial<Record<NodeJS.Platform, readonly string[]>> = { darwin: ["open"], win32: ["explorer"] };
  const [command = "xdg-open", ...args] = commands[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.unref();
  try {
    await once(child, "spawn");
    return true;
  } catch {
    return false;
  }
}
