import { randomId, signWebhook, webhookSignatureHeader } from "@p4/node-crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isCliError } from "../cli-error.ts";
import { fetchPayd, paydKeyNote, paydOption, type PaydOptions } from "../operator/payd-client.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { urlArgument } from "./arguments.ts";

interface ListenOptions extends PaydOptions {
  readonly forwardTo: string;
}

const forwardWithinMs = 10_000;
const retryMs = 1_000;

export const listenVerb: Verb = (verb, context) => {
  verb
    .requiredOption("--forward-to <url>", "where the program listens", urlArgument)
    .addOption(paydOption())
    .addHelpText(
      "after",
      examples(["p4 listen --forward-to http://127.0.0.1:3000/webhook", "no public address is needed"]) +
        "\nSigned as webhooks are, with a secret that is printed at the start. What happens while this does not run is not repeated." +
        paydKeyNote,
    )
    .action((options: ListenOptions) => listen(context, options));
};

async function listen(context: VerbContext, { forwardTo, payd }: ListenOptions): Promise<void> {
  const { signal } = context;
  const secret = `whsec_${randomId(32)}`;
  context.print({ secret, forwardTo }, () => `secret ${secret}`);
  let wasOpen = false;
  while (!signal.aborted) {
    try {
      const stream = await fetchPayd(context, { payd }, "/api/v1/events", { signal });
      context.progress(`listening; each event goes to ${forwardTo}`);
      wasOpen = true;
      for await (const { type, body } of eventsOf(stream)) await forward(context, { forwardTo, secret, type, body });
    } catch (error) {
      if (signal.aborted) return;
      // The first time it may be a matter of the key or the address; later the wallet is restarting.
      if (!wasOpen || (isCliError(error) && error.kind !== "unreachable")) throw error;
    }
    if (signal.aborted) return;
    context.progress("the wallet is away; trying again");
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Forwarded {
  readonly forwardTo: string;
  readonly secret: string;
  readonly type: string;
  readonly body: string;
}

async function forward(context: VerbContext, { forwardTo, secret, type, body }: Forwarded): Promise<void> {
  const headers = {
    "content-type": "application/json",
    [webhookSignatureHeader]: signWebhook([secret], body, Date.now()),
  };
  const { id } = JSON.parse(body) as { id: string };
  const answer = await fetch(forwardTo, {
    method: "POST",
    headers,
    body,
    redirect: "manual",
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(forwardWithinMs)]),
  }).then(
    async (response) => {
      await response.body?.cancel();
      return String(response.status);
    },
    (error: unknown) => (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message,
  );
  context.print({ event: id, type, answer }, () => `${type}  ${id}  ${answer}`);
}

/** Server-sent events, each with its type and data. */
async function* eventsOf(response: Response): AsyncGenerator<{ readonly type: string; readonly body: string }> {
  let rest = "";
  const text = response.body?.pipeThrough(new TextDecoderStream());
  for await (const part of text ?? []) {
    rest += part;
    for (let end = rest.indexOf("\n\n"); end !== -1; end = rest.indexOf("\n\n")) {
      const lines = rest.slice(0, end).split("\n");
      rest = rest.slice(end + 2);
      const valueOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [type, body] = [valueOf("event"), valueOf("data")];
      if (type !== undefined && body !== undefined) yield { type, body };
    }
  }
}
